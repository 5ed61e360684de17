import Testing

@testable import Engine

/// The convolutions of every table that this processor has, against a slow reference in Double.
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
      Case(height: 8, width: 8, inputs: 32, outputs: 32, images: 3),
      Case(height: 7, width: 7, inputs: 17, outputs: 64, images: 2),
      Case(height: 1, width: 1, inputs: 3, outputs: 8, images: 2), Case(height: 2, width: 1, inputs: 8, outputs: 16),
      Case(height: 16, width: 12, inputs: 1, outputs: 40, images: 2),
    ]

  private struct Example {
    let convolution: Convolution
    let reference: ReferenceConvolution
    let weights: [[Float]]
    let sources: [BorderedImages]
    let deltas: [BorderedImages]

    init(_ shape: Case, stride: Int) {
      let input = BorderedShape(height: shape.height, width: shape.width, channels: shape.inputs)
      let output = input.convolved(stride: stride, channels: shape.outputs)
      convolution = Convolution(
        from: input, to: output, stride: stride, images: shape.images, differentiatesInput: true)
      reference = ReferenceConvolution(
        height: shape.height, width: shape.width, inputs: shape.inputs, outputs: shape.outputs, stride: stride)
      weights = [1, 2].map { randomNormals(9 * shape.inputs * shape.outputs, seed: $0) }
      sources = [3, 4].map { BorderedImages(input, count: shape.images, seed: $0) }
      deltas = [5, 6].map { BorderedImages(output, count: shape.images, seed: $0) }
    }

    func panels(_ kernels: Kernels) -> [ConvolutionPanels] {
      weights.map {
        let panels = ConvolutionPanels(convolution)
        panels.pack(FloatBuffer($0).all, of: convolution, with: kernels)
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
    for kernels in KernelTests.tables {
      let panels = example.panels(kernels)
      for terms in [1, 2] {
        let z = example.sum(terms) { number, image in
          example.reference.output(
            example.sources[number].insides[image], weights: example.weights[number].map(Double.init),
            bias: bias.map { number == 0 ? Double($0) : 0 })
        }
        for masked in [false, true] {
          let result = BorderedImages(example.convolution.output, count: shape.images)
          let term = (0..<2).map {
            Kernels.Term(source: example.sources[$0].buffer.all, factor: panels[$0].forward.all)
          }
          kernels.convolve(
            example.convolution.forward, images: shape.images, term[0], terms == 2 ? term[1] : nil,
            channels: shape.outputs, bias: FloatBuffer(bias).all, mask: masked ? mask.buffer.all : nil,
            into: result.buffer.all)
          let expected = zip(z.joined(), mask.insides.joined()).map { masked ? ($1 > 0 ? $0 : 0) : max($0, 0) }
          expectClose(result.insides.flatMap { $0.map { Float($0) } }, expected, "\(kernels.name) \(terms) \(masked)")
          #expect(result.bordersAreZero, "\(kernels.name)")
        }
      }
    }
  }

  @Test(
    "the gradient by the image: every pixel from the results that read it, 0 under the mask", arguments: cases, [1, 2])
  func inputGradient(shape: Case, stride: Int) {
    let example = Example(shape, stride: stride)
    let mask = example.sources[0]
    for kernels in KernelTests.tables {
      let panels = example.panels(kernels)
      for terms in [1, 2] {
        let adjoint = example.sum(terms) { number, image in
          example.reference.reverse(
            example.sources[0].insides[image], weights: example.weights[number].map(Double.init),
            outputAdjoint: example.deltas[number].insides[image]
          ).image
        }
        let result = BorderedImages(example.convolution.input, count: shape.images)
        for (index, phase) in example.convolution.backward.enumerated() {
          let term = (0..<2).map {
            Kernels.Term(source: example.deltas[$0].buffer.all, factor: panels[$0].backward[index].all)
          }
          kernels.convolve(
            phase.pixels, images: shape.images, term[0], terms == 2 ? term[1] : nil, channels: shape.inputs, bias: nil,
            mask: mask.buffer.all, into: result.buffer.all)
        }
        let expected = zip(adjoint.joined(), mask.insides.joined()).map { $1 > 0 ? $0 : 0 }
        expectClose(result.insides.flatMap { $0.map { Float($0) } }, expected, "\(kernels.name) \(terms)")
        #expect(result.bordersAreZero, "\(kernels.name)")
      }
    }
  }

  @Test("the gradients by the weights and by the bias are added up over pixels and images", arguments: cases, [1, 2])
  func weightGradient(shape: Case, stride: Int) {
    let example = Example(shape, stride: stride)
    let start = randomNormals(9 * shape.inputs * shape.outputs, seed: 8)
    for kernels in KernelTests.tables {
      for terms in [1, 2] {
        let found = example.sum(terms) { number, image in
          example.reference.reverse(
            example.sources[number].insides[image], weights: start.map(Double.init),
            outputAdjoint: example.deltas[number].insides[image]
          ).weights
        }
        let expected = found.reduce(start.map(Double.init)) { sum, part in zip(sum, part).map { $0 + $1 } }
        let gradient = FloatBuffer(start + [7])
        let term = (0..<2).map {
          Kernels.Term(source: example.sources[$0].buffer.all, factor: example.deltas[$0].buffer.all)
        }
        kernels.correlate(
          example.convolution.forward, images: shape.images, term[0], terms == 2 ? term[1] : nil,
          channels: shape.outputs, into: gradient[0..<start.count])
        expectClose(gradient.array, expected + [7], "\(kernels.name) \(terms)")
      }
      let sums = FloatBuffer(Array(start[..<shape.outputs]) + [7])
      kernels.sumPixels(
        example.convolution.forward, images: shape.images, example.deltas[0].buffer.all, into: sums[0..<shape.outputs])
      var expected = start[..<shape.outputs].map(Double.init)
      for (place, value) in example.deltas[0].insides.joined().enumerated() { expected[place % shape.outputs] += value }
      expectClose(sums.array, expected + [7], "\(kernels.name)")
    }
  }

  @Test("the mean over an image's pixels, and its reverse through the ReLU before it", arguments: cases)
  func pool(shape: Case) {
    let example = Example(shape, stride: 1)
    let pixels = example.convolution.forward
    let values = example.deltas[0]
    let area = Double(shape.height * shape.width)
    let ofMeans = randomNormals(shape.images * shape.outputs, seed: 9)
    for kernels in KernelTests.tables {
      let means = FloatBuffer(shape.images * shape.outputs)
      kernels.meanPool(pixels, images: shape.images, values.buffer.all, into: means.all)
      let expected = values.insides.flatMap { image in
        (0..<shape.outputs).map { channel in
          stride(from: channel, to: image.count, by: shape.outputs).reduce(0) { $0 + image[$1] } / area
        }
      }
      expectClose(means.array, expected, "\(kernels.name)")
      let spread = BorderedImages(values.shape, count: shape.images)
      kernels.spreadMean(
        pixels, images: shape.images, FloatBuffer(ofMeans).all, mask: values.buffer.all, into: spread.buffer.all)
      let masked = values.insides.enumerated().flatMap { image, insides in
        insides.enumerated().map { place, value in
          value > 0 ? Double(ofMeans[image * shape.outputs + place % shape.outputs]) / area : 0
        }
      }
      expectClose(spread.insides.flatMap { $0.map { Float($0) } }, masked, "\(kernels.name)")
      #expect(spread.bordersAreZero, "\(kernels.name)")
    }
  }

  @Test("ReLU lets NaN pass")
  func notANumber() {
    let example = Example(Case(inputs: 3, outputs: 8), stride: 1)
    for kernels in KernelTests.tables {
      let result = BorderedImages(example.convolution.output, count: 1)
      kernels.convolve(
        example.convolution.forward, images: 1,
        Kernels.Term(source: example.sources[0].buffer.all, factor: example.panels(kernels)[0].forward.all), nil,
        channels: 8, bias: FloatBuffer([.nan] + [Float](repeating: 0, count: 7)).all, mask: nil,
        into: result.buffer.all)
      let values = result.insides[0]
      #expect(values.indices.allSatisfy { values[$0].isNaN == ($0 % 8 == 0) }, "\(kernels.name)")
    }
  }
}
