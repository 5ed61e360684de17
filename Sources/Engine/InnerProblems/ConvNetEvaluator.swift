/// A convolutional network's loss and derivatives on one batch.
///
/// With a₀ the images, zᵢ = aᵢ ∗ Wᵢ + bᵢ, aᵢ₊₁ = relu(zᵢ), p the mean over the last one's pixels, y = p U + c the logits,
/// δᵢ = ∂ℓ/∂zᵢ. The Hessian-vector product differentiates all of that along the vector (Pearlmutter 1994): R(·) below
/// and "tangent". The batch goes through in groups of images whose working memory stays in the second-level cache.
final class ConvNetEvaluator: InnerEvaluator {
  private typealias Term = Kernels.Term

  /// Floats of a group's activations and of their derivatives; tangents, weights and transforms are as much again.
  private static let groupFloats = 121_000

  private let kernels: Kernels
  private let problem: ConvNet
  private let convolutions: [any Convolution]
  private let batch: Int
  /// Images of a group; the last one may have fewer.
  private let group: Int
  private var labels: [Int32]
  /// aᵢ of the whole batch, beyond the images only where a Hessian-vector product follows.
  private let activations: [FloatBuffer]
  /// δᵢ₊₁ of the whole batch, which lies like aᵢ₊₂, likewise.
  private let deltas: [FloatBuffer]
  /// R(aᵢ₊₁) and R(δᵢ) of one group; aᵢ₊₁ and δᵢ where no Hessian-vector product follows.
  private let tangents: [FloatBuffer]
  private let deltaTangents: [FloatBuffer]
  /// The weights and the vector as the convolutions take them.
  private let panels: [ConvolutionPanels]
  private let vectorPanels: [ConvolutionPanels]
  private let head: MeanHead
  /// Whether the last gradient was `keeping`.
  private var isKept = false

  init(_ problem: ConvNet, batch: Int, kernels: Kernels = .current) {
    self.kernels = kernels
    self.problem = problem
    self.batch = batch
    var shapes = [
      BorderedShape(height: problem.shape.height, width: problem.shape.width, channels: problem.shape.channels)
    ]
    for (stride, channels) in zip(problem.strides, problem.channels.dropFirst()) {
      shapes.append(shapes[shapes.count - 1].convolved(stride: stride, channels: channels))
    }
    let group = max(1, min(batch, Self.groupFloats / shapes.reduce(0) { $0 + 2 * $1.count }))
    self.group = group
    let layers = problem.strides.count
    convolutions = (0..<layers).map {
      Self.convolution(
        from: shapes[$0], to: shapes[$0 + 1], stride: problem.strides[$0], images: group, differentiatesInput: $0 > 0,
        kernels: kernels)
    }
    labels = Array(repeating: 0, count: batch)
    activations = shapes.map { FloatBuffer(batch * $0.count) }
    deltas = shapes.dropFirst(2).map { FloatBuffer(batch * $0.count) }
    tangents = shapes.dropFirst().map { FloatBuffer(group * $0.count) }
    deltaTangents = shapes.dropFirst().map { FloatBuffer(group * $0.count) }
    panels = convolutions.map { $0.makePanels() }
    vectorPanels = convolutions.map { $0.makePanels() }
    head = MeanHead(pixels: convolutions[layers - 1].pixels, problem: problem, batch: batch, kernels: kernels)
  }

  private static func convolution(
    from input: BorderedShape, to output: BorderedShape, stride: Int, images: Int, differentiatesInput: Bool,
    kernels: Kernels
  ) -> any Convolution {
    let direct = DirectConvolution(
      from: input, to: output, stride: stride, images: images, differentiatesInput: differentiatesInput,
      kernels: kernels)
    guard WinogradConvolution.serves(stride: stride, inputs: input.channels, outputs: output.channels) else {
      return direct
    }
    return WinogradConvolution(of: direct, images: images, kernels: kernels)
  }

  private var layers: Int { convolutions.count }

  func load(_ batch: Batch) {
    precondition(batch.labels.count == self.batch)
    precondition(batch.labels.allSatisfy { $0 >= 0 && $0 < problem.classes })
    labels.replaceSubrange(labels.indices, with: batch.labels)
    convolutions[0].input.fill(activations[0], with: batch.pixels)
  }

  var correct: Int { head.logits.rightRows(labels) }

  func value(at parameters: FloatBuffer) -> Float {
    pack(parameters, into: panels)
    isKept = false
    var loss = 0.0
    for group in 0..<groups {
      let images = groupImages(group)
      loss += forward(images, at: parameters, Storage(self, images, kept: false), differentiated: false)
    }
    return Float(loss / Double(batch))
  }

  /// The sum of some images' losses.
  private func forward(
    _ images: Range<Int>, at parameters: FloatBuffer, _ storage: Storage, differentiated: Bool
  ) -> Double {
    for layer in 0..<layers {
      convolutions[layer].forward(
        images: images.count, PanelTerm(source: storage.activation(layer), panels: panels[layer]), nil,
        bias: bias(layer, of: parameters), mask: nil, into: storage.activation(layer + 1))
    }
    return head.loss(
      storage.activation(layers), of: images, labels: labels, layer: headLayer(parameters),
      differentiated: differentiated)
  }

  func gradient(at parameters: FloatBuffer, into gradient: FloatBuffer, keeping: Bool) -> Float {
    pack(parameters, into: panels)
    isKept = keeping
    gradient.fill(0)
    var loss = 0.0
    for group in 0..<groups {
      let images = groupImages(group)
      let storage = Storage(self, images, kept: keeping)
      loss += forward(images, at: parameters, storage, differentiated: true)
      head.backward(
        storage.activation(layers), of: images, layer: headLayer(parameters), into: storage.delta(layers - 1))
      for layer in (0..<layers).reversed() { backward(layer, images.count, storage, into: gradient) }
    }
    head.gradient(into: headLayer(gradient))
    return Float(loss / Double(batch))
  }

  /// ∂Wᵢ += aᵢ ∗ δᵢ, ∂bᵢ += Σ δᵢ, δᵢ₋₁ = (δᵢ ∗ Wᵢᵀ where aᵢ > 0).
  private func backward(_ layer: Int, _ images: Int, _ storage: Storage, into gradient: FloatBuffer) {
    let convolution = convolutions[layer]
    let (inputs, delta) = (storage.activation(layer), storage.delta(layer))
    convolution.correlate(
      images: images, Term(source: inputs, factor: delta), nil, into: weight(layer, of: gradient))
    kernels.sumPixels(convolution.pixels, images: images, delta, into: bias(layer, of: gradient))
    guard layer > 0 else { return }
    convolution.backward(
      images: images, PanelTerm(source: delta, panels: panels[layer]), nil, mask: inputs,
      into: storage.delta(layer - 1))
  }

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

  /// What a gradient kept has left the second-level cache meanwhile.
  private func prefetch(_ kept: Storage) {
    for layer in 0...layers { kernels.prefetch(kept.activation(layer)) }
    for layer in 1..<layers { kernels.prefetch(kept.delta(layer)) }
  }

  /// R(zᵢ) = aᵢ ∗ Vᵢ + cᵢ + R(aᵢ) ∗ Wᵢ with (V, c) the vector's pieces, R(a₀) = 0.
  private func forwardTangent(
    _ layer: Int, _ images: Int, _ kept: Storage, _ tangents: Storage, along vector: FloatBuffer
  ) {
    let ofVector = PanelTerm(source: kept.activation(layer), panels: vectorPanels[layer])
    let ofInput = layer > 0 ? PanelTerm(source: tangents.activation(layer), panels: panels[layer]) : nil
    convolutions[layer].forward(
      images: images, ofVector, ofInput, bias: bias(layer, of: vector), mask: kept.activation(layer + 1),
      into: tangents.activation(layer + 1))
  }

  /// R(∂Wᵢ) += aᵢ ∗ R(δᵢ) + R(aᵢ) ∗ δᵢ, R(∂bᵢ) += Σ R(δᵢ), R(δᵢ₋₁) = (R(δᵢ) ∗ Wᵢᵀ + δᵢ ∗ Vᵢᵀ where aᵢ > 0).
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

  private func pack(_ parameters: FloatBuffer, into panels: [ConvolutionPanels]) {
    for layer in 0..<layers {
      convolutions[layer].pack(weight(layer, of: parameters), into: panels[layer])
    }
  }

  private var groups: Int { (batch + group - 1) / group }

  private func groupImages(_ index: Int) -> Range<Int> { index * group..<min((index + 1) * group, batch) }

  /// Where one group's activations and derivatives are: among the whole batch's, or in the buffers of one group.
  private struct Storage {
    private let evaluator: ConvNetEvaluator
    private let images: Range<Int>
    private let kept: Bool

    init(_ evaluator: ConvNetEvaluator, _ images: Range<Int>, kept: Bool) {
      self.evaluator = evaluator
      self.images = images
      self.kept = kept
    }

    /// aᵢ, the images being always among the batch's.
    func activation(_ layer: Int) -> FloatSlice {
      kept || layer == 0 ? batchSlice(evaluator.activations[layer]) : groupSlice(evaluator.tangents[layer - 1])
    }

    /// δᵢ; a Hessian-vector product has no use for δ₀, as R(a₀) = 0.
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

  private func weight(_ layer: Int, of parameters: FloatBuffer) -> FloatSlice {
    parameters[problem.layout.tensors[2 * layer].range]
  }

  private func bias(_ layer: Int, of parameters: FloatBuffer) -> FloatSlice {
    parameters[problem.layout.tensors[2 * layer + 1].range]
  }

  private func headLayer(_ parameters: FloatBuffer) -> MeanHead.Layer {
    MeanHead.Layer(weight: weight(layers, of: parameters), bias: bias(layers, of: parameters))
  }
}
