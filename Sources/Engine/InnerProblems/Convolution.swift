/// A 3×3 convolution of images [height, width, in] with a kernel [3, 3, in, out], padding SAME, and its derivatives, on
/// groups of images. For one thread; allocates nothing after it was made.
///
/// Results and derivatives are sums of one or two terms, the second of which is that of a derivative along a vector.
protocol Convolution: AnyObject {
  var input: BorderedShape { get }
  var output: BorderedShape { get }
  /// The result's pixels.
  var pixels: Kernels.Pixels { get }

  func makePanels() -> ConvolutionPanels
  /// Arranges a kernel's weights for the two functions that take panels.
  func pack(_ weights: FloatSlice, into panels: ConvolutionPanels)

  /// target = bias + Σ images ∗ kernel, then ReLU; or 0 where `mask`, which lies like the target, is not above 0.
  func forward(
    images: Int, _ first: PanelTerm, _ second: PanelTerm?, bias: FloatSlice, mask: FloatSlice?,
    into target: FloatSlice)
  /// The derivative by the images, of derivatives by the result: target = Σ deltas ∗ kernelᵀ, 0 where `mask`, which lies
  /// like the target, is not above 0.
  func backward(images: Int, _ first: PanelTerm, _ second: PanelTerm?, mask: FloatSlice, into target: FloatSlice)
  /// gradient += the derivative by the kernel, of images (`source`) and derivatives by the result (`factor`).
  func correlate(images: Int, _ first: Kernels.Term, _ second: Kernels.Term?, into gradient: FloatSlice)
}

/// What a convolution reads, and the kernel that it applies to it.
struct PanelTerm {
  var source: FloatSlice
  var panels: ConvolutionPanels
}

/// A kernel's weights as a convolution takes them: of the parameters, or of a direction.
final class ConvolutionPanels {
  let forward: FloatBuffer
  /// Empty where the derivative by the images is not wanted.
  let backward: [FloatBuffer]

  init(forward: FloatBuffer, backward: [FloatBuffer]) {
    self.forward = forward
    self.backward = backward
  }
}
