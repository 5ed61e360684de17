/// A 3×3 convolution of images [height, width, in] with a kernel [3, 3, in, out], padding SAME, and its derivatives, on
/// groups of images (Documentation/method.md#convolutions-and-padding).
///
/// Results and derivatives are sums of one or two terms, of which the second is that of a derivative along a vector. An
/// object is for one thread, and allocates nothing after it was made.
protocol Convolution: AnyObject {
  /// The shape of the images.
  var input: BorderedShape { get }
  /// The shape of the results.
  var output: BorderedShape { get }
  /// The pixels of the results.
  var pixels: Kernels.Pixels { get }

  /// Allocates panels for a kernel of this convolution.
  func makePanels() -> ConvolutionPanels
  /// Arranges a kernel's weights [3, 3, in, out] for the two functions that take panels.
  func pack(_ weights: FloatSlice, into panels: ConvolutionPanels)

  /// Computes target = bias + Σ images ∗ kernel, then ReLU; with a `mask`, which is laid out as the target, instead 0
  /// where the mask is not above 0.
  func forward(
    images: Int, _ first: PanelTerm, _ second: PanelTerm?, bias: FloatSlice, mask: FloatSlice?,
    into target: FloatSlice)
  /// Computes the derivative by the images from derivatives by the result: target = Σ deltas ∗ kernelᵀ, and 0 where
  /// `mask`, which is laid out as the target, is not above 0.
  func backward(images: Int, _ first: PanelTerm, _ second: PanelTerm?, mask: FloatSlice, into target: FloatSlice)
  /// Adds the derivative by the kernel, from images (`source`) and derivatives by the result (`factor`), to `gradient`.
  func correlate(images: Int, _ first: Kernels.Term, _ second: Kernels.Term?, into gradient: FloatSlice)
}

/// A term of a convolution: the images that are read, and the kernel that is applied to them.
struct PanelTerm {
  var source: FloatSlice
  var panels: ConvolutionPanels
}

/// A kernel's weights, arranged as a convolution takes them.
final class ConvolutionPanels {
  /// The weights for the convolution itself.
  let forward: FloatBuffer
  /// The weights for the derivative by the images; empty where that is not wanted.
  let backward: [FloatBuffer]

  init(forward: FloatBuffer, backward: [FloatBuffer]) {
    self.forward = forward
    self.backward = backward
  }
}
