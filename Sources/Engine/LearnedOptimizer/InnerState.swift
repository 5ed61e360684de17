/// Inner parameters with what the learned optimizer remembers of them: u [P], momenta [β, P], second moments [β, P] in
/// one buffer. The adjoint of a state has the same shape.
package struct InnerState {
  package let buffer: FloatBuffer
  /// P
  let count: Int
  let betas: Int

  package init(count: Int, betas: Int) {
    self.count = count
    self.betas = betas
    buffer = FloatBuffer(Self.floats(count: count, betas: betas))
  }

  /// Floats of a state.
  static func floats(count: Int, betas: Int) -> Int { count * (1 + 2 * betas) }

  var parameters: FloatSlice { buffer[0..<count] }

  /// The momentum of one decay.
  func momentum(_ beta: Int) -> FloatSlice { buffer[count * (1 + beta)..<count * (2 + beta)] }

  /// The second moment of one decay.
  func secondMoment(_ beta: Int) -> FloatSlice { momentum(betas + beta) }

  /// All momenta from the first one's `offset` on: with a distance of P from row to row.
  func momenta(from offset: Int) -> FloatSlice { buffer[count + offset..<count * (1 + betas)] }

  func secondMoments(from offset: Int) -> FloatSlice {
    buffer[count * (1 + betas) + offset..<count * (1 + 2 * betas)]
  }
}
