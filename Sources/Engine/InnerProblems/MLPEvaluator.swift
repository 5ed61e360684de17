/// A fully connected network's loss and derivatives on one batch
/// (Documentation/method.md#derivatives-of-an-inner-problem).
///
/// In the comments a₀ are the images, zᵢ = aᵢ Wᵢ + bᵢ, aᵢ₊₁ = relu(zᵢ) and δᵢ = ∂ℓ/∂zᵢ, so that the gradient is aᵢᵀ δᵢ.
/// The Hessian-vector product differentiates all of that along the vector (Pearlmutter 1994): R(·).
final class MLPEvaluator: InnerEvaluator {
  private typealias Matrix = Kernels.Matrix

  private let kernels: Kernels
  private let problem: MLP
  private let batch: Int
  private var labels: [Int32]
  /// The activations aᵢ, [batch, widths[i]]; the last one is the logits.
  private let activations: [FloatBuffer]
  /// The derivatives δᵢ, [batch, widths[i + 1]].
  private let deltas: [FloatBuffer]
  /// The tangents R(aᵢ), [batch, widths[i]].
  private let tangents: [FloatBuffer]
  /// The tangents R(δᵢ), [batch, widths[i + 1]].
  private let deltaTangents: [FloatBuffer]
  /// The softmax of the logits, [batch, classes].
  private let probabilities: FloatBuffer
  /// The weight of one layer, transposed.
  private let transposed: FloatBuffer

  init(_ problem: MLP, batch: Int, kernels: Kernels) {
    self.kernels = kernels
    self.problem = problem
    self.batch = batch
    labels = Array(repeating: 0, count: batch)
    activations = problem.widths.map { FloatBuffer(batch * $0) }
    tangents = problem.widths.map { FloatBuffer(batch * $0) }
    deltas = problem.widths.dropFirst().map { FloatBuffer(batch * $0) }
    deltaTangents = problem.widths.dropFirst().map { FloatBuffer(batch * $0) }
    probabilities = FloatBuffer(batch * problem.classes)
    transposed = FloatBuffer(zip(problem.widths, problem.widths.dropFirst()).map { $0 * $1 }.max() ?? 0)
  }

  private var layers: Int { deltas.count }

  private func weight(_ layer: Int, of parameters: FloatBuffer) -> Matrix {
    Matrix(
      parameters[problem.layout.tensors[2 * layer].range], problem.widths[layer], problem.widths[layer + 1])
  }

  private func bias(_ layer: Int, of parameters: FloatBuffer) -> FloatSlice {
    parameters[problem.layout.tensors[2 * layer + 1].range]
  }

  /// Returns a batch's buffer as a matrix, a row for each image.
  private func rows(_ buffer: FloatBuffer) -> Matrix {
    Matrix(buffer.all, batch, buffer.count / batch)
  }

  func load(_ batch: Batch) {
    precondition(batch.labels.count == self.batch)
    precondition(batch.labels.allSatisfy { $0 >= 0 && $0 < problem.classes })
    labels.replaceSubrange(labels.indices, with: batch.labels)
    activations[0].assign(batch.pixels)
  }

  func value(at parameters: FloatBuffer) -> Float {
    forward(parameters)
    return loss(delta: nil)
  }

  /// Returns the mean loss of the logits, and writes its derivative by them to `delta`.
  private func loss(delta: FloatSlice?) -> Float {
    let sum = kernels.softmaxLoss(
      activations[layers].all, labels: labels[...], share: 1 / Float(batch), probabilities: probabilities.all,
      delta: delta)
    return Float(sum / Double(batch))
  }

  private func forward(_ parameters: FloatBuffer) {
    for layer in 0..<layers {
      let next = activations[layer + 1].all
      kernels.product(rows(activations[layer]), weight(layer, of: parameters), into: next)
      kernels.addBias(bias(layer, of: parameters), relu: layer + 1 < layers, to: next)
    }
  }

  func gradient(at parameters: FloatBuffer, into gradient: FloatBuffer, keeping: Bool) -> Float {
    forward(parameters)
    let loss = loss(delta: deltas[layers - 1].all)
    for layer in (0..<layers).reversed() {
      let delta = rows(deltas[layer])
      kernels.product(rows(activations[layer]).transposed, delta, into: weight(layer, of: gradient).floats)
      kernels.columnSums(delta, into: bias(layer, of: gradient))
      if layer > 0 {
        backward(delta, through: weight(layer, of: parameters), into: deltas[layer - 1].all)
        kernels.reluMask(activations[layer].all, deltas[layer - 1].all)
      }
    }
    return loss
  }

  /// Computes target = delta weightᵀ, or adds it to the target.
  private func backward(_ delta: Matrix, through weight: Matrix, into target: FloatSlice, accumulate: Bool = false) {
    kernels.transpose(weight, into: transposed.all)
    kernels.product(
      delta, Matrix(transposed.all, weight.columns, weight.rows), into: target, accumulate: accumulate)
  }

  func hessianVectorProduct(at parameters: FloatBuffer, vector: FloatBuffer, into product: FloatBuffer) {
    // R(zᵢ) = R(aᵢ) Wᵢ + aᵢ Vᵢ + cᵢ, with (V, c) the vector's pieces and R(a₀) = 0.
    for layer in 0..<layers {
      let next = tangents[layer + 1].all
      kernels.product(rows(activations[layer]), weight(layer, of: vector), into: next)
      if layer > 0 {
        kernels.product(rows(tangents[layer]), weight(layer, of: parameters), into: next, accumulate: true)
      }
      kernels.addBias(bias(layer, of: vector), relu: false, to: next)
      if layer + 1 < layers { kernels.reluMask(activations[layer + 1].all, next) }
    }
    kernels.softmaxTangent(
      probabilities.all, tangents[layers].all, rows: batch, share: 1 / Float(batch),
      delta: deltaTangents[layers - 1].all)
    for layer in (0..<layers).reversed() {
      let delta = rows(deltas[layer])
      let deltaTangent = rows(deltaTangents[layer])
      let target = weight(layer, of: product).floats
      kernels.product(rows(activations[layer]).transposed, deltaTangent, into: target)
      kernels.columnSums(deltaTangent, into: bias(layer, of: product))
      if layer > 0 {
        kernels.product(rows(tangents[layer]).transposed, delta, into: target, accumulate: true)
        let previous = deltaTangents[layer - 1].all
        backward(deltaTangent, through: weight(layer, of: parameters), into: previous)
        backward(delta, through: weight(layer, of: vector), into: previous, accumulate: true)
        kernels.reluMask(activations[layer].all, previous)
      }
    }
  }

  var correct: Int { activations[layers].correctRows(labels) }
}
