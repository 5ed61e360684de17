extension ConvNetEvaluator {
  /// The place of one group's activations and derivatives: among the whole batch's, or in the buffers of one group.
  struct Storage {
    private let evaluator: ConvNetEvaluator
    private let images: Range<Int>
    private let kept: Bool

    init(_ evaluator: ConvNetEvaluator, _ images: Range<Int>, kept: Bool) {
      self.evaluator = evaluator
      self.images = images
      self.kept = kept
    }

    /// Returns aᵢ of the group. The images, a₀, always are among the batch's.
    func activation(_ layer: Int) -> FloatSlice {
      kept || layer == 0 ? batchSlice(evaluator.activations[layer]) : groupSlice(evaluator.tangents[layer - 1])
    }

    /// Returns δᵢ of the group. A Hessian-vector product has no use for δ₀, as R(a₀) = 0.
    func delta(_ layer: Int) -> FloatSlice {
      kept && layer > 0 ? batchSlice(evaluator.deltas[layer - 1]) : groupSlice(evaluator.deltaTangents[layer])
    }

    private func batchSlice(_ buffer: FloatBuffer) -> FloatSlice {
      let each = buffer.count / evaluator.batch
      return buffer[images.lowerBound * each..<images.upperBound * each]
    }

    private func groupSlice(_ buffer: FloatBuffer) -> FloatSlice {
      buffer[0..<images.count * (buffer.count / evaluator.group)]
    }
  }
}
