/// The end of a convolutional network: the mean over the pixels p, the logits y = p U + c, the softmax cross-entropy; and
/// their derivatives. With δ = ∂ℓ/∂y: ∂ℓ/∂p = δ Uᵀ and ∂ℓ/∂U = pᵀ δ; R(·) is the derivative along a vector (V, d).
///
/// A batch goes through in groups of images; the gradient by U and c is made at the end, from all of them.
final class MeanHead {
  private typealias Matrix = Kernels.Matrix

  /// U [channels, classes] and c [classes], or what has their shape.
  struct Layer {
    var weight: FloatSlice
    var bias: FloatSlice
  }

  private let kernels: Kernels
  /// The pixels whose mean is taken.
  private let pixels: Kernels.Pixels
  private let batch: Int
  private let channels: Int
  private let classes: Int
  /// y: [batch, classes]
  let logits: FloatBuffer
  private let probabilities: FloatBuffer
  /// p: [batch, channels], δ: [batch, classes], and their tangents.
  private let means: FloatBuffer
  private let delta: FloatBuffer
  private let meansTangent: FloatBuffer
  private let deltaTangent: FloatBuffer
  /// R(y), and ∂ℓ/∂p or R(∂ℓ/∂p), of one group.
  private let logitsTangent: FloatBuffer
  private let meansDelta: FloatBuffer
  /// Uᵀ and Vᵀ
  private let transposed: FloatBuffer
  private let vectorTransposed: FloatBuffer

  init(pixels: Kernels.Pixels, problem: ConvNet, batch: Int, kernels: Kernels) {
    self.kernels = kernels
    self.pixels = pixels
    self.batch = batch
    channels = problem.channels[problem.channels.count - 1]
    classes = problem.classes
    logits = FloatBuffer(batch * classes)
    probabilities = FloatBuffer(batch * classes)
    means = FloatBuffer(batch * channels)
    delta = FloatBuffer(batch * classes)
    meansTangent = FloatBuffer(batch * channels)
    deltaTangent = FloatBuffer(batch * classes)
    logitsTangent = FloatBuffer(batch * classes)
    meansDelta = FloatBuffer(batch * channels)
    transposed = FloatBuffer(channels * classes)
    vectorTransposed = FloatBuffer(channels * classes)
  }

  private func rows(_ buffer: FloatBuffer, _ images: Range<Int>) -> Matrix {
    let width = buffer.count / batch
    return Matrix(buffer[images.lowerBound * width..<images.upperBound * width], images.count, width)
  }

  private func matrix(_ weight: FloatSlice) -> Matrix { Matrix(weight, channels, classes) }

  private func transposed(_ weight: Matrix, in buffer: FloatBuffer) -> Matrix {
    kernels.transpose(weight, into: buffer.all)
    return Matrix(buffer.all, classes, channels)
  }

  /// The sum of the losses of the images whose last activations are `values`.
  func loss(_ values: FloatSlice, of images: Range<Int>, labels: [Int32], layer: Layer, differentiated: Bool) -> Double
  {
    let (p, y) = (rows(means, images), rows(logits, images))
    kernels.meanPool(pixels, images: images.count, values, into: p.floats)
    kernels.product(p, matrix(layer.weight), into: y.floats)
    kernels.addBias(layer.bias, relu: false, to: y.floats)
    return kernels.softmaxLoss(
      y.floats, labels: labels[images], share: 1 / Float(batch), probabilities: rows(probabilities, images).floats,
      delta: differentiated ? rows(delta, images).floats : nil)
  }

  /// After `loss`: writes the derivative by what the last ReLU, of which the result is `values`, was given.
  func backward(_ values: FloatSlice, of images: Range<Int>, layer: Layer, into target: FloatSlice) {
    let ofMeans = rows(meansDelta, images).floats
    kernels.product(rows(delta, images), transposed(matrix(layer.weight), in: transposed), into: ofMeans)
    kernels.spreadMean(pixels, images: images.count, ofMeans, mask: values, into: target)
  }

  /// After `backward` of all groups.
  func gradient(into gradient: Layer) {
    let all = 0..<batch
    kernels.product(rows(means, all).transposed, rows(delta, all), into: gradient.weight)
    kernels.columnSums(rows(delta, all), into: gradient.bias)
  }

  /// After `backward`: from the tangent of the last activations R(δ) for the last convolution.
  func tangent(
    _ tangent: FloatSlice, values: FloatSlice, of images: Range<Int>, layer: Layer, vector: Layer,
    into target: FloatSlice
  ) {
    let (p, ofP, y) = (rows(means, images), rows(meansTangent, images), rows(logitsTangent, images).floats)
    kernels.meanPool(pixels, images: images.count, tangent, into: ofP.floats)
    kernels.product(p, matrix(vector.weight), into: y)
    kernels.product(ofP, matrix(layer.weight), into: y, accumulate: true)
    kernels.addBias(vector.bias, relu: false, to: y)
    let ofDelta = rows(deltaTangent, images)
    kernels.softmaxTangent(
      rows(probabilities, images).floats, y, rows: images.count, share: 1 / Float(batch), delta: ofDelta.floats)
    let ofMeans = rows(meansDelta, images).floats
    kernels.product(ofDelta, transposed(matrix(layer.weight), in: transposed), into: ofMeans)
    kernels.product(
      rows(delta, images), transposed(matrix(vector.weight), in: vectorTransposed), into: ofMeans, accumulate: true)
    kernels.spreadMean(pixels, images: images.count, ofMeans, mask: values, into: target)
  }

  /// After `tangent` of all groups.
  func product(into product: Layer) {
    let all = 0..<batch
    kernels.product(rows(means, all).transposed, rows(deltaTangent, all), into: product.weight)
    kernels.product(rows(meansTangent, all).transposed, rows(delta, all), into: product.weight, accumulate: true)
    kernels.columnSums(rows(deltaTangent, all), into: product.bias)
  }
}
