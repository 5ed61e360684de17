/// A convolutional network's loss and derivatives on one batch
/// (Documentation/method.md#derivatives-of-an-inner-problem).
///
/// In the comments a₀ are the images, zᵢ = aᵢ ∗ Wᵢ + bᵢ and aᵢ₊₁ = relu(zᵢ). p is the mean over the last one's pixels,
/// y = p U + c are the logits, and δᵢ = ∂ℓ/∂zᵢ. The Hessian-vector product differentiates all of that along the vector
/// (Pearlmutter 1994): R(·) and "tangent". The batch goes through in groups of images whose working memory stays in the
/// second-level cache.
final class ConvNetEvaluator: InnerEvaluator {
  typealias Term = Kernels.Term

  /// The number of floats of a group's activations and of their derivatives. Tangents, weights and transforms take as
  /// much again.
  private static let groupFloats = 121_000

  let kernels: Kernels
  private let problem: ConvNet
  let convolutions: [any Convolution]
  let batch: Int
  /// The number of images of a group; the last one may have fewer.
  let group: Int
  private var labels: [Int32]
  /// The activations aᵢ of the whole batch. Beyond the images they are kept only for a Hessian-vector product.
  let activations: [FloatBuffer]
  /// The derivatives δᵢ₊₁ of the whole batch, each laid out as aᵢ₊₂, kept only for a Hessian-vector product.
  let deltas: [FloatBuffer]
  /// The tangents R(aᵢ₊₁) of one group, or aᵢ₊₁ where no Hessian-vector product follows.
  let tangents: [FloatBuffer]
  /// The tangents R(δᵢ) of one group, or δᵢ where no Hessian-vector product follows.
  let deltaTangents: [FloatBuffer]
  /// The weights, arranged as the convolutions take them.
  let panels: [ConvolutionPanels]
  /// The vector's weights, arranged as the convolutions take them.
  let vectorPanels: [ConvolutionPanels]
  let head: MeanHead
  /// Whether the last gradient kept what a Hessian-vector product needs.
  private(set) var isKept = false

  init(_ problem: ConvNet, batch: Int, kernels: Kernels) {
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

  var layers: Int { convolutions.count }

  func load(_ batch: Batch) {
    precondition(batch.labels.count == self.batch)
    precondition(batch.labels.allSatisfy { $0 >= 0 && $0 < problem.classes })
    labels.replaceSubrange(labels.indices, with: batch.labels)
    convolutions[0].input.fill(activations[0], with: batch.pixels)
  }

  var correct: Int { head.logits.correctRows(labels) }

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

  /// Computes the logits of some images, and returns the sum of their losses.
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

  /// Adds ∂Wᵢ += aᵢ ∗ δᵢ and ∂bᵢ += Σ δᵢ, and computes δᵢ₋₁ = (δᵢ ∗ Wᵢᵀ where aᵢ > 0).
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

  func pack(_ parameters: FloatBuffer, into panels: [ConvolutionPanels]) {
    for layer in 0..<layers {
      convolutions[layer].pack(weight(layer, of: parameters), into: panels[layer])
    }
  }

  var groups: Int { (batch + group - 1) / group }

  func groupImages(_ index: Int) -> Range<Int> { index * group..<min((index + 1) * group, batch) }

  func weight(_ layer: Int, of parameters: FloatBuffer) -> FloatSlice {
    parameters[problem.layout.tensors[2 * layer].range]
  }

  func bias(_ layer: Int, of parameters: FloatBuffer) -> FloatSlice {
    parameters[problem.layout.tensors[2 * layer + 1].range]
  }

  func headLayer(_ parameters: FloatBuffer) -> MeanHead.Layer {
    MeanHead.Layer(weight: weight(layers, of: parameters), bias: bias(layers, of: parameters))
  }
}
