/// A convolutional network's loss and derivatives on one batch.
///
/// With a₀ the images, zᵢ = aᵢ ∗ Wᵢ + bᵢ, aᵢ₊₁ = relu(zᵢ), p the mean over the last one's pixels, y = p U + c the logits,
/// δᵢ = ∂ℓ/∂zᵢ. The Hessian-vector product differentiates all of that along the vector (Pearlmutter 1994): R(·) below
/// and "tangent". The batch goes through in groups of images whose working memory stays in the second-level cache.
final class ConvNetEvaluator: InnerEvaluator {
  private typealias Term = Kernels.Term

  /// Floats of a group's activations and of their derivatives; tangents, weights and transforms are as much again.
  private static let groupFloats = 80_000

  private let kernels: Kernels
  private let problem: ConvNet
  private let convolutions: [any Convolution]
  private let batch: Int
  /// Images of a group; the last one may have fewer.
  private let group: Int
  private var labels: [Int32]
  /// aᵢ of the whole batch.
  private let activations: [FloatBuffer]
  /// δᵢ of the whole batch, which lies like aᵢ₊₁.
  private let deltas: [FloatBuffer]
  /// R(aᵢ) and R(δᵢ) of one group, and the weights and the vector as the kernels take them.
  private let tangents: [FloatBuffer]
  private let deltaTangents: [FloatBuffer]
  private let panels: [ConvolutionPanels]
  private let vectorPanels: [ConvolutionPanels]
  private let head: MeanHead

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
    deltas = shapes.dropFirst().map { FloatBuffer(batch * $0.count) }
    tangents = shapes.map { FloatBuffer(group * $0.count) }
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
    var loss = 0.0
    for group in 0..<groups { loss += forward(groupImages(group), at: parameters, differentiated: false) }
    return Float(loss / Double(batch))
  }

  /// The sum of some images' losses.
  private func forward(_ images: Range<Int>, at parameters: FloatBuffer, differentiated: Bool) -> Double {
    for (layer, convolution) in convolutions.enumerated() {
      convolution.forward(
        images: images.count, PanelTerm(source: slice(activations[layer], images), panels: panels[layer]), nil,
        bias: bias(layer, of: parameters), mask: nil, into: slice(activations[layer + 1], images))
    }
    return head.loss(
      slice(activations[layers], images), of: images, labels: labels, layer: headLayer(parameters),
      differentiated: differentiated)
  }

  func gradient(at parameters: FloatBuffer, into gradient: FloatBuffer) -> Float {
    pack(parameters, into: panels)
    gradient.fill(0)
    var loss = 0.0
    for group in 0..<groups {
      let images = groupImages(group)
      loss += forward(images, at: parameters, differentiated: true)
      head.backward(
        slice(activations[layers], images), of: images, layer: headLayer(parameters),
        into: slice(deltas[layers - 1], images))
      for layer in (0..<layers).reversed() { backward(layer, images, into: gradient) }
    }
    head.gradient(into: headLayer(gradient))
    return Float(loss / Double(batch))
  }

  /// ∂Wᵢ += aᵢ ∗ δᵢ, ∂bᵢ += Σ δᵢ, δᵢ₋₁ = (δᵢ ∗ Wᵢᵀ where aᵢ > 0).
  private func backward(_ layer: Int, _ images: Range<Int>, into gradient: FloatBuffer) {
    let convolution = convolutions[layer]
    let (inputs, delta) = (slice(activations[layer], images), slice(deltas[layer], images))
    convolution.correlate(
      images: images.count, Term(source: inputs, factor: delta), nil, into: weight(layer, of: gradient))
    kernels.sumPixels(convolution.pixels, images: images.count, delta, into: bias(layer, of: gradient))
    guard layer > 0 else { return }
    convolution.backward(
      images: images.count, PanelTerm(source: delta, panels: panels[layer]), nil, mask: inputs,
      into: slice(deltas[layer - 1], images))
  }

  func hessianVectorProduct(at parameters: FloatBuffer, vector: FloatBuffer, into product: FloatBuffer) {
    pack(vector, into: vectorPanels)
    product.fill(0)
    for group in 0..<groups {
      let images = groupImages(group)
      for layer in 0..<layers { forwardTangent(layer, images, along: vector) }
      head.tangent(
        slice(tangents[layers], first: images.count), values: slice(activations[layers], images), of: images,
        layer: headLayer(parameters), vector: headLayer(vector),
        into: slice(deltaTangents[layers - 1], first: images.count))
      for layer in (0..<layers).reversed() { backwardTangent(layer, images, into: product) }
    }
    head.product(into: headLayer(product))
  }

  /// R(zᵢ) = aᵢ ∗ Vᵢ + cᵢ + R(aᵢ) ∗ Wᵢ with (V, c) the vector's pieces, R(a₀) = 0.
  private func forwardTangent(_ layer: Int, _ images: Range<Int>, along vector: FloatBuffer) {
    let ofVector = PanelTerm(source: slice(activations[layer], images), panels: vectorPanels[layer])
    let ofInput = PanelTerm(source: slice(tangents[layer], first: images.count), panels: panels[layer])
    convolutions[layer].forward(
      images: images.count, ofVector, layer > 0 ? ofInput : nil, bias: bias(layer, of: vector),
      mask: slice(activations[layer + 1], images), into: slice(tangents[layer + 1], first: images.count))
  }

  /// R(∂Wᵢ) += aᵢ ∗ R(δᵢ) + R(aᵢ) ∗ δᵢ, R(∂bᵢ) += Σ R(δᵢ), R(δᵢ₋₁) = (R(δᵢ) ∗ Wᵢᵀ + δᵢ ∗ Vᵢᵀ where aᵢ > 0).
  private func backwardTangent(_ layer: Int, _ images: Range<Int>, into product: FloatBuffer) {
    let convolution = convolutions[layer]
    let count = images.count
    let (inputs, inputTangent) = (slice(activations[layer], images), slice(tangents[layer], first: count))
    let (delta, deltaTangent) = (slice(deltas[layer], images), slice(deltaTangents[layer], first: count))
    convolution.correlate(
      images: count, Term(source: inputs, factor: deltaTangent),
      layer > 0 ? Term(source: inputTangent, factor: delta) : nil, into: weight(layer, of: product))
    kernels.sumPixels(convolution.pixels, images: count, deltaTangent, into: bias(layer, of: product))
    guard layer > 0 else { return }
    convolution.backward(
      images: count, PanelTerm(source: deltaTangent, panels: panels[layer]),
      PanelTerm(source: delta, panels: vectorPanels[layer]), mask: inputs,
      into: slice(deltaTangents[layer - 1], first: count))
  }

  private func pack(_ parameters: FloatBuffer, into panels: [ConvolutionPanels]) {
    for layer in 0..<layers {
      convolutions[layer].pack(weight(layer, of: parameters), into: panels[layer])
    }
  }

  private var groups: Int { (batch + group - 1) / group }

  private func groupImages(_ index: Int) -> Range<Int> { index * group..<min((index + 1) * group, batch) }

  /// Some images of a buffer of the whole batch.
  private func slice(_ buffer: FloatBuffer, _ images: Range<Int>) -> FloatSlice {
    let each = buffer.count / batch
    return buffer[images.lowerBound * each..<images.upperBound * each]
  }

  /// As many images of a buffer of one group.
  private func slice(_ buffer: FloatBuffer, first images: Int) -> FloatSlice {
    buffer[0..<images * (buffer.count / group)]
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
