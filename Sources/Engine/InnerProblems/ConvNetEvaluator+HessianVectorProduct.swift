extension ConvNetEvaluator {
  func hessianVectorProduct(at parameters: FloatBuffer, vector: FloatBuffer, into product: FloatBuffer) {
    precondition(isKept, "the gradient before a Hessian-vector product keeps what that needs")
    pack(vector, into: vectorPanels)
    product.fill(0)
    for group in 0..<groups {
      let images = groupImages(group)
      let kept = Storage(self, images, kept: true)
      let tangents = Storage(self, images, kept: false)
      if group + 1 < groups { prefetch(Storage(self, groupImages(group + 1), kept: true)) }
      for layer in 0..<layers { forwardTangent(layer, images.count, kept, tangents, along: vector) }
      head.tangent(
        tangents.activation(layers), values: kept.activation(layers), of: images, layer: headLayer(parameters),
        vector: headLayer(vector), into: tangents.delta(layers - 1))
      for layer in (0..<layers).reversed() { backwardTangent(layer, images.count, kept, tangents, into: product) }
    }
    head.product(into: headLayer(product))
  }

  /// Asks for the kept activations and derivatives of a group, which have left the second-level cache meanwhile.
  private func prefetch(_ kept: Storage) {
    for layer in 0...layers { kernels.prefetch(kept.activation(layer)) }
    for layer in 1..<layers { kernels.prefetch(kept.delta(layer)) }
  }

  /// Computes R(zᵢ) = aᵢ ∗ Vᵢ + cᵢ + R(aᵢ) ∗ Wᵢ, where (V, c) are the vector's pieces and R(a₀) = 0
  /// (Documentation/method.md#derivatives-of-an-inner-problem).
  private func forwardTangent(
    _ layer: Int, _ images: Int, _ kept: Storage, _ tangents: Storage, along vector: FloatBuffer
  ) {
    let ofVector = PanelTerm(source: kept.activation(layer), panels: vectorPanels[layer])
    let ofInput = layer > 0 ? PanelTerm(source: tangents.activation(layer), panels: panels[layer]) : nil
    convolutions[layer].forward(
      images: images, ofVector, ofInput, bias: bias(layer, of: vector), mask: kept.activation(layer + 1),
      into: tangents.activation(layer + 1))
  }

  /// Adds R(∂Wᵢ) += aᵢ ∗ R(δᵢ) + R(aᵢ) ∗ δᵢ and R(∂bᵢ) += Σ R(δᵢ), and computes R(δᵢ₋₁) = (R(δᵢ) ∗ Wᵢᵀ + δᵢ ∗ Vᵢᵀ where
  /// aᵢ > 0).
  private func backwardTangent(
    _ layer: Int, _ images: Int, _ kept: Storage, _ tangents: Storage, into product: FloatBuffer
  ) {
    let convolution = convolutions[layer]
    let (inputs, delta, deltaTangent) = (kept.activation(layer), kept.delta(layer), tangents.delta(layer))
    convolution.correlate(
      images: images, Term(source: inputs, factor: deltaTangent),
      layer > 0 ? Term(source: tangents.activation(layer), factor: delta) : nil, into: weight(layer, of: product))
    kernels.sumPixels(convolution.pixels, images: images, deltaTangent, into: bias(layer, of: product))
    guard layer > 0 else { return }
    convolution.backward(
      images: images, PanelTerm(source: deltaTangent, panels: panels[layer]),
      PanelTerm(source: delta, panels: vectorPanels[layer]), mask: inputs, into: tangents.delta(layer - 1))
  }
}
