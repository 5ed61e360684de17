/// Inner parameters with their momenta and second moments (Documentation/method.md#state): u [P], momenta [β, P],
/// second moments [β, P] in one buffer, for P parameters and β decays. The adjoint of a state has the same shape.
package struct InnerState {
  /// The floats of all parts, one part behind the other.
  package let buffer: FloatBuffer
  /// The number of parameters, P.
  let count: Int
  /// The number of decays.
  let betas: Int

  /// Allocates a state of zeros.
  package init(count: Int, betas: Int) {
    self.count = count
    self.betas = betas
    buffer = FloatBuffer(Self.floats(count: count, betas: betas))
  }

  /// Returns the number of floats of a state.
  static func floats(count: Int, betas: Int) -> Int { count * (1 + 2 * betas) }

  /// The parameters u, [P].
  var parameters: FloatSlice { buffer[0..<count] }

  /// Returns the momenta of the decay number `beta`, [P].
  func momentum(_ beta: Int) -> FloatSlice { buffer[count * (1 + beta)..<count * (2 + beta)] }

  /// Returns the second moments of the decay number `beta`, [P].
  func secondMoment(_ beta: Int) -> FloatSlice { momentum(betas + beta) }

  /// Returns the momenta of all decays from `offset` of the first one on; the next decay's follow at a distance of P.
  func momenta(from offset: Int) -> FloatSlice { buffer[count + offset..<count * (1 + betas)] }

  /// Returns the second moments of all decays from `offset` of the first one on; the next decay's follow at a distance
  /// of P.
  func secondMoments(from offset: Int) -> FloatSlice {
    buffer[count * (1 + betas) + offset..<count * (1 + 2 * betas)]
  }
}
