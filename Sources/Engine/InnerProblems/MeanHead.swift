/// The end of a convolutional network, and its derivatives: the mean over the pixels p, the logits y = p U + c, and the
/// softmax cross-entropy.
///
/// With δ = ∂ℓ/∂y, ∂ℓ/∂p = δ Uᵀ and ∂ℓ/∂U = pᵀ δ. R(·) is the derivative along a vector (V, d). A batch goes through in
/// groups of images; the gradient by U and c is made at the end, from all of them.
final class MeanHead {
  private typealias Matrix = Kernels.Matrix

  /// The weight U [channels, classes] and the bias c [classes], or values of their shapes.
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
  /// The logits y, [batch, classes].
  let logits: FloatBuffer
  private let probabilities: FloatBuffer
  /// The means p, [batch, channels].
  private let means: FloatBuffer
  /// The derivative δ, [batch, classes].
  private let delta: FloatBuffer
  /// The tangent R(p), [batch, channels].
  private let meansTangent: FloatBuffer
  /// The tangent R(δ), [batch, classes].
  private let deltaTangent: FloatBuffer
  /// The tangent R(y) of one group.
  private let logitsTangent: FloatBuffer
  /// The derivative ∂ℓ/∂p, or R(∂ℓ/∂p), of one group.
  private let meansDelta: FloatBuffer
  /// The transposed weight Uᵀ.
  private let transposed: FloatBuffer
  /// The vector's transposed weight Vᵀ.
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

  /// Computes the logits of the images whose last activations are `values`, and returns the sum of their losses.
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

  /// Writes the derivative by the input of the last ReLU, whose result is `values`. It follows `loss`.
  func backward(_ values: FloatSlice, of images: Range<Int>, layer: Layer, into target: FloatSlice) {
    let ofMeans = rows(meansDelta, images).floats
    kernels.product(rows(delta, images), transposed(matrix(layer.weight), in: transposed), into: ofMeans)
    kernels.spreadMean(pixels, images: images.count, ofMeans, mask: values, into: target)
  }

  /// Writes the gradient by U and c. It follows `backward` of all groups.
  func gradient(into gradient: Layer) {
    let all = 0..<batch
    kernels.product(rows(means, all).transposed, rows(delta, all), into: gradient.weight)
    kernels.columnSums(rows(delta, all), into: gradient.bias)
  }

  /// Writes the tangent R(δ) for the last convolution, from that of the last activations. It follows `backward`.
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

  /// Writes the Hessian-vector product's part for U and c. It follows `tangent` of all groups.
  func product(into product: Layer) {
    let all = 0..<batch
    kernels.product(rows(means, all).transposed, rows(deltaTangent, all), into: product.weight)
    kernels.product(rows(meansTangent, all).transposed, rows(delta, all), into: product.weight, accumulate: true)
    kernels.columnSums(rows(deltaTangent, all), into: product.bias)
  }
}
