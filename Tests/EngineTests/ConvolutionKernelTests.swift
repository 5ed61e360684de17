import Testing

@testable import Engine

/// The convolutions, by every method and with every table that this processor has, against a slow reference in Double.
@Suite struct ConvolutionKernelTests {
  /// One convolution with random images, weights and derivatives, and a second of each for the second term.
  struct Case: Sendable, CustomTestStringConvertible {
    var height = 5
    var width = 7
    var inputs: Int
    var outputs: Int
    var images = 1

    var testDescription: String { "\(images)×\(height)×\(width)×\(inputs) to \(outputs)" }
  }

  static let cases =
    [1, 3, 8, 31, 33].flatMap { inputs in [1, 3, 8, 31, 33].map { Case(inputs: inputs, outputs: $0) } } + [
      Case(height: 8, width: 8, inputs: 32, outputs: 32, images: 3), Case(inputs: 16, outputs: 48),
      Case(height: 7, width: 7, inputs: 17, outputs: 64, images: 2),
      Case(height: 1, width: 2, inputs: 16, outputs: 16, images: 2),
      Case(height: 1, width: 1, inputs: 3, outputs: 8, images: 2), Case(height: 2, width: 1, inputs: 8, outputs: 16),
      Case(height: 16, width: 12, inputs: 1, outputs: 40, images: 2),
    ]

  private struct Example {
    let input: BorderedShape
    let output: BorderedShape
    let stride: Int
    let reference: ReferenceConvolution
    let weights: [[Float]]
    let sources: [BorderedImages]
    let deltas: [BorderedImages]

    init(_ shape: Case, stride: Int) {
      input = BorderedShape(height: shape.height, width: shape.width, channels: shape.inputs)
      output = input.convolved(stride: stride, channels: shape.outputs)
      self.stride = stride
      reference = ReferenceConvolution(
        height: shape.height, width: shape.width, inputs: shape.inputs, outputs: shape.outputs, stride: stride)
      weights = [1, 2].map { randomNormals(9 * shape.inputs * shape.outputs, seed: $0) }
      let (input, output) = (input, output)
      sources = [3, 4].map { BorderedImages(input, count: shape.images, seed: $0) }
      deltas = [5, 6].map { BorderedImages(output, count: shape.images, seed: $0) }
    }

    /// Every method that serves this case, with every table; for more images than there are.
    var convolutions: [(name: Comment, convolution: any Convolution)] {
      Kernels.available.flatMap { kernels in
        let images = sources[0].count + 1
        let direct = DirectConvolution(
          from: input, to: output, stride: stride, images: images, differentiatesInput: true, kernels: kernels)
        let all: [(name: Comment, convolution: any Convolution)] = [("\(kernels.name), direct", direct)]
        guard WinogradConvolution.serves(stride: stride, inputs: input.channels, outputs: output.channels) else {
          return all
        }
        return all + [("\(kernels.name), Winograd", WinogradConvolution(of: direct, images: images, kernels: kernels))]
      }
    }

    func panels(_ convolution: any Convolution) -> [ConvolutionPanels] {
      weights.map {
        let panels = convolution.makePanels()
        convolution.pack(FloatBuffer($0).all, into: panels)
        return panels
      }
    }

    /// Σ over the first `terms`, image by image.
    func sum(_ terms: Int, _ term: (_ number: Int, _ image: Int) -> [Double]) -> [[Double]] {
      sources[0].insides.indices.map { image in
        (1..<terms).reduce(term(0, image)) { sum, number in zip(sum, term(number, image)).map { $0 + $1 } }
      }
    }
  }

  @Test(
    "forward: bias and products of all taps, then ReLU, or a mask where there is one", arguments: cases, [1, 2])
  func forward(shape: Case, stride: Int) {
    let example = Example(shape, stride: stride)
    let bias = randomNormals(shape.outputs, seed: 7)
    let mask = example.deltas[0]
    for terms in [1, 2] {
      let z = example.sum(terms) { number, image in
        example.reference.output(
          example.sources[number].insides[image], weights: example.weights[number].map(Double.init),
          bias: bias.map { number == 0 ? Double($0) : 0 })
      }
      for (name, convolution) in example.convolutions {
        let panels = example.panels(convolution)
        let term = (0..<2).map { PanelTerm(source: example.sources[$0].buffer.all, panels: panels[$0]) }
        for masked in [false, true] {
          let result = BorderedImages(example.output, count: shape.images)
          convolution.forward(
            images: shape.images, term[0], terms == 2 ? term[1] : nil, bias: FloatBuffer(bias).all,
            mask: masked ? mask.buffer.all : nil, into: result.buffer.all)
          let expected = zip(z.joined(), mask.insides.joined()).map { masked ? ($1 > 0 ? $0 : 0) : max($0, 0) }
          expectClose(result.values, expected, name)
          #expect(result.bordersAreZero, name)
        }
      }
    }
  }

  @Test(
    "the derivative by the images: every pixel from the results that read it, 0 under the mask", arguments: cases,
    [1, 2])
  func backward(shape: Case, stride: Int) {
    let example = Example(shape, stride: stride)
    let mask = example.sources[0]
    for terms in [1, 2] {
      let adjoint = example.sum(terms) { number, image in
        example.reference.reverse(
          example.sources[0].insides[image], weights: example.weights[number].map(Double.init),
          outputAdjoint: example.deltas[number].insides[image]
        ).image
      }
      let expected = zip(adjoint.joined(), mask.insides.joined()).map { $1 > 0 ? $0 : 0 }
      for (name, convolution) in example.convolutions {
        let panels = example.panels(convolution)
        let term = (0..<2).map { PanelTerm(source: example.deltas[$0].buffer.all, panels: panels[$0]) }
        let result = BorderedImages(example.input, count: shape.images)
        convolution.backward(
          images: shape.images, term[0], terms == 2 ? term[1] : nil, mask: mask.buffer.all, into: result.buffer.all)
        expectClose(result.values, expected, name)
        #expect(result.bordersAreZero, name)
      }
    }
  }

  @Test("a convolution's derivative by the weights is added up over pixels and images", arguments: cases, [1, 2])
  func correlate(shape: Case, stride: Int) {
    let example = Example(shape, stride: stride)
    let start = randomNormals(9 * shape.inputs * shape.outputs, seed: 8)
    for terms in [1, 2] {
      let found = example.sum(terms) { number, image in
        example.reference.reverse(
          example.sources[number].insides[image], weights: start.map(Double.init),
          outputAdjoint: example.deltas[number].insides[image]
        ).weights
      }
      let expected = found.reduce(start.map(Double.init)) { sum, part in zip(sum, part).map { $0 + $1 } }
      for (name, convolution) in example.convolutions {
        let gradient = FloatBuffer(start + [7])
        let term = (0..<2).map {
          Kernels.Term(source: example.sources[$0].buffer.all, factor: example.deltas[$0].buffer.all)
        }
        convolution.correlate(
          images: shape.images, term[0], terms == 2 ? term[1] : nil, into: gradient[0..<start.count])
        expectClose(gradient.array, expected + [7], name)
      }
    }
  }

  @Test("sum_pixels, mean_pool and spread_mean compute what they say", arguments: cases)
  func pixels(shape: Case) {
    let example = Example(shape, stride: 1)
    let values = example.deltas[0]
    let area = shape.height * shape.width
    let ofMeans = randomNormals(shape.images * shape.outputs, seed: 9)
    let imageSums = values.insides.map { image in
      (0..<shape.outputs).map { channel in
        stride(from: channel, to: image.count, by: shape.outputs).reduce(0) { $0 + image[$1] }
      }
    }
    for kernels in Kernels.available {
      let pixels = DirectConvolution(
        from: example.input, to: example.output, stride: 1, images: shape.images, differentiatesInput: false,
        kernels: kernels
      ).pixels
      let sums = FloatBuffer(Array(repeating: 3, count: shape.outputs) + [7])
      kernels.sumPixels(pixels, images: shape.images, values.buffer.all, into: sums[0..<shape.outputs])
      let expected = (0..<shape.outputs).map { channel in imageSums.reduce(3) { $0 + $1[channel] } }
      expectClose(sums.array, expected + [7], "\(kernels.name)")

      let means = FloatBuffer(shape.images * shape.outputs)
      kernels.meanPool(pixels, images: shape.images, values.buffer.all, into: means.all)
      expectClose(means.array, imageSums.joined().map { $0 / Double(area) }, "\(kernels.name)")

      let spread = BorderedImages(values.shape, count: shape.images)
      kernels.spreadMean(
        pixels, images: shape.images, FloatBuffer(ofMeans).all, mask: values.buffer.all, into: spread.buffer.all)
      let masked = values.insides.enumerated().flatMap { image, insides in
        insides.enumerated().map { place, value in
          value > 0 ? Double(ofMeans[image * shape.outputs + place % shape.outputs]) / Double(area) : 0
        }
      }
      expectClose(spread.values, masked, "\(kernels.name)")
      #expect(spread.bordersAreZero, "\(kernels.name)")
    }
  }

  @Test("a convolution's ReLU lets NaN pass")
  func notANumber() {
    let example = Example(Case(inputs: 16, outputs: 16), stride: 1)
    let bias = FloatBuffer([.nan] + [Float](repeating: 0, count: 15))
    for (name, convolution) in example.convolutions {
      let result = BorderedImages(example.output, count: 1)
      let term = PanelTerm(source: example.sources[0].buffer.all, panels: example.panels(convolution)[0])
      convolution.forward(images: 1, term, nil, bias: bias.all, mask: nil, into: result.buffer.all)
      #expect(result.values.indices.allSatisfy { result.values[$0].isNaN == ($0 % 16 == 0) }, name)
    }
  }
}
