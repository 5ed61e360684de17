/// A convolution of stride 1, for channels that are multiples of 16, with fewer multiplications: 16 for 2×2 pixels,
/// where the taps are 36 (Winograd 1980; Lavin and Gray 2016).
final class WinogradConvolution: Convolution {
  let input: BorderedShape
  let output: BorderedShape
  let pixels: Kernels.Pixels
  private let kernels: Kernels
  private let scratch: FloatBuffer

  /// Returns whether it can do a convolution of this stride and these channels.
  static func serves(stride: Int, inputs: Int, outputs: Int) -> Bool {
    stride == 1 && inputs % 16 == 0 && outputs % 16 == 0
  }

  /// Returns the multiply-adds for one image: 16 for each tile of 2×2 results and pair of channels, in each of the
  /// three passes. The transforms, which are additions, do not count.
  static func multiplyAdds(of result: BorderedShape, inputs: Int) -> Int {
    (result.height + 1) / 2 * ((result.width + 1) / 2) * 16 * inputs * result.channels
  }

  /// Makes a convolution.
  /// - Parameters:
  ///   - direct: the same convolution, of stride 1, by its taps.
  ///   - images: the most images of a group.
  init(of direct: DirectConvolution, images: Int, kernels: Kernels) {
    input = direct.input
    output = direct.output
    pixels = direct.pixels
    self.kernels = kernels
    scratch = FloatBuffer(
      Kernels.winogradScratch(
        Self.tiles(output, images: images), inputs: input.channels, outputs: output.channels))
  }

  private static func tiles(_ shape: BorderedShape, images: Int) -> Kernels.Tiles {
    Kernels.Tiles(
      images: images, height: shape.height, width: shape.width, rowStride: shape.rowStride / shape.channels,
      imageStride: shape.count / shape.channels)
  }

  func makePanels() -> ConvolutionPanels {
    let count = 16 * input.channels * output.channels
    return ConvolutionPanels(forward: FloatBuffer(count), backward: [FloatBuffer(count)])
  }

  func pack(_ weights: FloatSlice, into panels: ConvolutionPanels) {
    kernels.winogradPack(
      weights, inputs: input.channels, outputs: output.channels, into: panels.forward, reversed: panels.backward[0])
  }

  func forward(
    images: Int, _ first: PanelTerm, _ second: PanelTerm?, bias: FloatSlice, mask: FloatSlice?,
    into target: FloatSlice
  ) {
    func term(_ term: PanelTerm) -> Kernels.Term {
      Kernels.Term(source: term.source, factor: term.panels.forward.all)
    }
    kernels.winogradConvolve(
      Self.tiles(output, images: images), term(first), second.map(term), inputs: input.channels,
      outputs: output.channels, bias: bias, mask: mask, into: target, scratch: scratch)
  }

  func backward(
    images: Int, _ first: PanelTerm, _ second: PanelTerm?, mask: FloatSlice, into target: FloatSlice
  ) {
    func term(_ term: PanelTerm) -> Kernels.Term {
      Kernels.Term(source: term.source, factor: term.panels.backward[0].all)
    }
    kernels.winogradConvolve(
      Self.tiles(input, images: images), term(first), second.map(term), inputs: output.channels,
      outputs: input.channels, bias: nil, mask: mask, into: target, scratch: scratch)
  }

  func correlate(images: Int, _ first: Kernels.Term, _ second: Kernels.Term?, into gradient: FloatSlice) {
    kernels.winogradCorrelate(
      Self.tiles(output, images: images), first, second, inputs: input.channels, outputs: output.channels,
      into: gradient, scratch: scratch)
  }
}
