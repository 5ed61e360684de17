/// A 3×3 convolution with padding SAME, for any stride and number of channels.
///
/// Padding is as TensorFlow defines it (Documentation/method.md#convolutions-and-padding): result (y, x) has its
/// kernel's first corner at (stride y − before, stride x − before) of the image, where `before` is half of the padding,
/// rounded down. Each pixel's sum over the taps is taken from the images as they are.
final class DirectConvolution: Convolution {
  let input: BorderedShape
  let output: BorderedShape
  let pixels: Kernels.Pixels
  /// The image's pixels and the taps that read them, for each position of a pixel modulo the stride. It is empty where
  /// the derivative by the images is not wanted.
  private let phases: [Phase]
  private let kernels: Kernels

  /// The numbers of the kernel's weight matrices in their own order.
  private static let allTaps: [Int32] = Array(0..<9)

  private struct Phase {
    var pixels: Kernels.Pixels
    /// The numbers of those of the kernel's 9 weight matrices [in, out] that read these pixels, in the order of the
    /// results that they contributed to.
    var taps: [Int32]
  }

  /// Makes a convolution.
  /// - Parameters:
  ///   - output: the shape ``BorderedShape/convolved(stride:channels:)`` of `input`.
  ///   - images: the most images of a group.
  ///   - differentiatesInput: whether ``backward(images:_:_:mask:into:)`` will be called.
  init(
    from input: BorderedShape, to output: BorderedShape, stride: Int, images: Int, differentiatesInput: Bool,
    kernels: Kernels
  ) {
    let rows = Axis(size: input.height, result: output.height, stride: stride)
    let columns = Axis(size: input.width, result: output.width, stride: stride)
    self.input = input
    self.output = output
    self.kernels = kernels
    pixels = Self.table(
      images: images, from: input, rows.forward, columns.forward, to: output, taps: (3, 3))
    let positions = differentiatesInput ? (0..<stride * stride).map { ($0 / stride, $0 % stride) } : []
    phases = positions.map { row, column in
      let (rowTaps, columnTaps) = (rows.taps(row), columns.taps(column))
      let pixels = Self.table(
        images: images, from: output, rows.backward(row), columns.backward(column), to: input,
        taps: (rowTaps.count, columnTaps.count))
      return Phase(pixels: pixels, taps: rowTaps.flatMap { y in columnTaps.map { x in Int32(3 * y + x) } })
    }
  }

  func makePanels() -> ConvolutionPanels {
    func panel(taps: Int, from source: BorderedShape, to target: BorderedShape) -> FloatBuffer {
      FloatBuffer(taps * source.channels * Kernels.panelWidth(target.channels))
    }
    return ConvolutionPanels(
      forward: panel(taps: 9, from: input, to: output),
      backward: phases.map { panel(taps: $0.taps.count, from: output, to: input) })
  }

  func pack(_ weights: FloatSlice, into panels: ConvolutionPanels) {
    let (inputs, outputs) = (input.channels, output.channels)
    kernels.packKernel(
      weights, taps: Self.allTaps, inputs: inputs, outputs: outputs, reversed: false, into: panels.forward)
    for (phase, panel) in zip(phases, panels.backward) {
      kernels.packKernel(weights, taps: phase.taps, inputs: inputs, outputs: outputs, reversed: true, into: panel)
    }
  }

  func forward(
    images: Int, _ first: PanelTerm, _ second: PanelTerm?, bias: FloatSlice, mask: FloatSlice?,
    into target: FloatSlice
  ) {
    func term(_ term: PanelTerm) -> Kernels.Term {
      Kernels.Term(source: term.source, factor: term.panels.forward.all)
    }
    kernels.convolve(
      pixels, images: images, term(first), second.map(term), channels: output.channels, bias: bias, mask: mask,
      into: target)
  }

  func backward(
    images: Int, _ first: PanelTerm, _ second: PanelTerm?, mask: FloatSlice, into target: FloatSlice
  ) {
    for (index, phase) in phases.enumerated() {
      func term(_ term: PanelTerm) -> Kernels.Term {
        Kernels.Term(source: term.source, factor: term.panels.backward[index].all)
      }
      kernels.convolve(
        phase.pixels, images: images, term(first), second.map(term), channels: input.channels, bias: nil, mask: mask,
        into: target)
    }
  }

  func correlate(images: Int, _ first: Kernels.Term, _ second: Kernels.Term?, into gradient: FloatSlice) {
    kernels.correlate(pixels, images: images, first, second, channels: output.channels, into: gradient)
  }

  /// Returns the table of all pixels whose coordinates are among `rows` and `columns`.
  private static func table(
    images: Int, from source: BorderedShape, _ rows: [Axis.Place], _ columns: [Axis.Place], to target: BorderedShape,
    taps: (rows: Int, columns: Int)
  ) -> Kernels.Pixels {
    var pixels = Kernels.Pixels(
      rows: taps.rows, run: taps.columns * source.channels, rowStride: source.rowStride,
      each: rows.count * columns.count, sourceCount: source.count, targetCount: target.count)
    for image in 0..<images {
      for row in rows {
        for column in columns {
          pixels.sources.append(Int32(image * source.count + source.offset(row.source, column.source)))
          pixels.targets.append(Int32(image * target.count + target.offset(row.target, column.target)))
        }
      }
    }
    return pixels
  }

  /// One of the image's two dimensions.
  private struct Axis {
    /// A coordinate of the target, and the first coordinate of the source that it reads.
    typealias Place = (target: Int, source: Int)

    let size: Int
    let result: Int
    let stride: Int
    /// The number of zeros before the image.
    let before: Int

    init(size: Int, result: Int, stride: Int) {
      self.size = size
      self.result = result
      self.stride = stride
      before = max((result - 1) * stride + 3 - size, 0) / 2
    }

    var forward: [Place] { (0..<result).map { ($0, stride * $0 - before) } }

    /// Returns the taps that read the coordinates of a phase, in the order of the results that they contribute to.
    func taps(_ phase: Int) -> [Int] { [2, 1, 0].filter { $0 % stride == phase } }

    /// Returns the places of a phase: coordinate i is read through tap k by the result (i + before − k) / stride.
    func backward(_ phase: Int) -> [Place] {
      (0..<size).filter { ($0 + before) % stride == phase }.map { ($0, ($0 + before - taps(phase)[0]) / stride) }
    }
  }
}
