import CKernels

/// The kernels of one instruction set. Only this file and its extensions call C; `kernels.h` describes each kernel.
///
/// The programs choose one of ``available`` and hand it down: everything that computes is given its kernels.
package struct Kernels: @unchecked Sendable {
  /// The kernels that this processor can run, from the least to the most. The first is `baseline`, which every processor
  /// has.
  ///
  /// Where the package is built with its trait OpenBLAS, they follow once more, with that library's matrix product.
  package static var available: [Kernels] {
    let names = ["baseline", "x86-64-v3", "x86-64-v4"]
    return (names + names.map { $0 + "+openblas" }).compactMap { Kernels($0) }
  }

  let table: UnsafePointer<lopt_kernels>

  /// Finds the kernels of an instruction set by its name; nil where that is unknown, or this processor lacks it.
  package init?(_ name: String) {
    guard let table = lopt_kernels_named(name) else { return nil }
    self.table = table
  }

  /// The name of the instruction set, with `+openblas` behind it where OpenBLAS multiplies matrices.
  package var name: String { String(cString: table.pointee.name) }

  /// The name, and the library that multiplies matrices where that is not this engine: what the bits of a result depend
  /// on, for people and for records. For example `x86-64-v4`, or `x86-64-v4+openblas (OpenBLAS 0.3.21 SkylakeX)`.
  package var title: String { table.pointee.library.map { "\(name) (\(String(cString: $0()!)))" } ?? name }

  /// A matrix in a buffer. A transposed one is the same floats with the strides exchanged.
  struct Matrix {
    var floats: FloatSlice
    var rows: Int
    var columns: Int
    var rowStride: Int
    var columnStride = 1

    init(_ floats: FloatSlice, _ rows: Int, _ columns: Int) {
      precondition(floats.count >= rows * columns)
      self.floats = floats
      self.rows = rows
      self.columns = columns
      rowStride = columns
    }

    var transposed: Matrix {
      var matrix = self
      swap(&matrix.rows, &matrix.columns)
      swap(&matrix.rowStride, &matrix.columnStride)
      return matrix
    }
  }

  /// Computes target = a b, or adds it to the target. Only `a` may be transposed.
  func product(_ a: Matrix, _ b: Matrix, into target: FloatSlice, accumulate: Bool = false) {
    precondition(a.columns == b.rows && b.columnStride == 1 && target.count == a.rows * b.columns)
    table.pointee.product(
      a.rows, b.columns, a.columns, a.floats.pointer, a.rowStride, a.columnStride, b.floats.pointer, b.rowStride,
      target.pointer, b.columns, accumulate ? 1 : 0)
  }

  func transpose(_ source: Matrix, into target: FloatSlice) {
    precondition(target.count >= source.rows * source.columns)
    table.pointee.transpose(source.rows, source.columns, source.floats.pointer, target.pointer)
  }

  func columnSums(_ a: Matrix, into sums: FloatSlice) {
    precondition(sums.count == a.columns)
    table.pointee.column_sums(a.rows, a.columns, a.floats.pointer, sums.pointer)
  }

  func addBias(_ bias: FloatSlice, relu: Bool, to y: FloatSlice) {
    precondition(y.count % bias.count == 0)
    table.pointee.add_bias(y.count / bias.count, bias.count, bias.pointer, relu ? 1 : 0, y.pointer)
  }

  func reluMask(_ activations: FloatSlice, _ values: FloatSlice) {
    precondition(activations.count == values.count)
    table.pointee.relu_mask(values.count, activations.pointer, values.pointer)
  }

  /// Asks for values that will be read soon to be in the second-level cache.
  func prefetch(_ values: FloatSlice) {
    table.pointee.prefetch(values.count, values.pointer)
  }

  func addScaled(_ factor: Float, _ source: FloatSlice, to target: FloatSlice) {
    precondition(source.count == target.count)
    table.pointee.add_scaled(target.count, factor, source.pointer, target.pointer)
  }

  func allFinite(_ values: FloatSlice) -> Bool {
    table.pointee.all_finite(values.count, values.pointer) != 0
  }

  /// Returns the sum of the losses of rows of logits, [labels, classes], and writes the probabilities.
  ///
  /// `delta` gets the derivative of the sum by the logits, × `share`.
  func softmaxLoss(
    _ logits: FloatSlice, labels: ArraySlice<Int32>, share: Float, probabilities: FloatSlice, delta: FloatSlice?
  ) -> Double {
    precondition(logits.count == probabilities.count && logits.count % labels.count == 0)
    precondition(delta.map { $0.count == logits.count } ?? true)
    return labels.withUnsafeBufferPointer {
      table.pointee.softmax_loss(
        labels.count, logits.count / labels.count, share, logits.pointer, $0.baseAddress, probabilities.pointer,
        delta?.pointer)
    }
  }

  /// Computes the derivative of `softmaxLoss`'s delta along the logits' tangent.
  func softmaxTangent(
    _ probabilities: FloatSlice, _ tangent: FloatSlice, rows: Int, share: Float, delta: FloatSlice
  ) {
    precondition(probabilities.count == tangent.count && delta.count == tangent.count)
    table.pointee.softmax_tangent(
      rows, tangent.count / rows, share, probabilities.pointer, tangent.pointer, delta.pointer)
  }

  func momentum(rate: Float, decay: Float, gradient: FloatSlice, velocity: FloatSlice, parameters: FloatSlice) {
    precondition(gradient.count == parameters.count && velocity.count == parameters.count)
    table.pointee.momentum(
      parameters.count, rate, decay, gradient.pointer, velocity.pointer, parameters.pointer)
  }

  func nesterov(rate: Float, decay: Float, gradient: FloatSlice, velocity: FloatSlice, parameters: FloatSlice) {
    precondition(gradient.count == parameters.count && velocity.count == parameters.count)
    table.pointee.nesterov(
      parameters.count, rate, decay, gradient.pointer, velocity.pointer, parameters.pointer)
  }

  func rmsprop(
    rate: Float, decay: Float, epsilon: Float, correction: Float, gradient: FloatSlice, square: FloatSlice,
    parameters: FloatSlice
  ) {
    precondition(gradient.count == parameters.count && square.count == parameters.count)
    table.pointee.rmsprop(
      parameters.count, rate, decay, epsilon, correction, gradient.pointer, square.pointer, parameters.pointer)
  }

  /// The numbers of one step of Adam and of its kin, as the kernel takes them.
  struct AdamStep {
    var rate: Float
    var betas: (Float, Float)
    var epsilon: Float
    /// The share of themselves that parameters lose, the learning rate times the weight decay.
    var decay: Float = 0
    /// The factors of the gradient and of the first moment in the direction; those of Adam are 0 and its correction.
    var shares: (gradient: Float, first: Float)
    /// The factor of the second moment, 1 / (1 − β₂ᵗ).
    var correction: Float
  }

  func adam(
    _ step: AdamStep, gradient: FloatSlice, first: FloatSlice, second: FloatSlice, parameters: FloatSlice
  ) {
    precondition(gradient.count == parameters.count && first.count == parameters.count)
    precondition(second.count == parameters.count)
    table.pointee.adam(
      parameters.count, step.rate, step.betas.0, step.betas.1, step.epsilon, step.decay, step.shares.gradient,
      step.shares.first, step.correction, gradient.pointer, first.pointer, second.pointer, parameters.pointer)
  }

  /// Does multiply-adds in registers alone, and returns how many.
  package func multiplyAdds(rounds: Int) -> Int {
    var result: Float = 0
    return table.pointee.multiply_adds(rounds, 1e-9, &result)
  }
}
