import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// Adam (Kingma and Ba 2015) on an inner problem, with the derivative of its losses by the logarithm λ of its learning
/// rate, in forward mode.
///
/// With u̇ = du/dλ, a step's gradient changes by ġ = ∇²ℓ u̇, one Hessian-vector product. Adam's moments change by ṁ ←
/// β₁ ṁ + (1 − β₁) ġ and v̇ ← β₂ v̇ + 2 (1 − β₂) g ġ. With the update a = m̂ / (√v̂ + ε), u̇ ← u̇ − e^λ (a + ȧ). The
/// derivative of a loss is ∇ℓ · u̇. An object is for one thread.
final class RateTraining {
  /// The result of a truncation: means over its steps.
  struct Truncation {
    /// The mean loss of the steps' own minibatches, each before its update.
    var loss: Double
    /// The derivative dL/dλ with the state before the truncation held fixed; 0 where it was not asked for.
    var gradient: Double
  }

  /// The largest loss that counts, with derivative 0 there. All steps after one that diverged count it too.
  static let clip = 10.0

  private static let beta1: Float = 0.9
  private static let beta2: Float = 0.999
  private static let epsilon: Float = 1e-8

  private let problem: any InnerProblem
  private let images: any BatchSource
  private let evaluator: any InnerEvaluator
  private var batch: Batch
  private let parameters: FloatBuffer
  private let gradient: FloatBuffer
  private let tangent: FloatBuffer
  private let product: FloatBuffer

  /// The parameters u, Adam's moments, and the derivatives of all three by λ.
  private var state: State
  private(set) var step = 0
  private var hasDiverged = false

  struct State {
    var values: [Float]
    var first: [Float]
    var second: [Float]
    var valuesDot: [Float]
    var firstDot: [Float]
    var secondDot: [Float]

    init(_ values: [Float]) {
      self.values = values
      let zeros = [Float](repeating: 0, count: values.count)
      (first, second, valuesDot, firstDot, secondDot) = (zeros, zeros, zeros, zeros, zeros)
    }

    /// Sets all derivatives to 0, as a truncation begins.
    mutating func forgetDerivative() {
      for index in values.indices { (valuesDot[index], firstDot[index], secondDot[index]) = (0, 0, 0) }
    }
  }

  /// Begins the training of task number `task`.
  init(_ instance: InnerInstance, task: Int, seed: UInt64, kernels: Kernels) throws {
    problem = instance.problem
    images = try instance.images(task)
    evaluator = problem.makeEvaluator(batch: instance.batch, kernels: kernels)
    batch = Batch(size: instance.batch, shape: problem.shape)
    let count = problem.layout.count
    parameters = FloatBuffer(count)
    gradient = FloatBuffer(count)
    tangent = FloatBuffer(count)
    product = FloatBuffer(count)
    state = State(problem.initialParameters(seed: seed, index: UInt64(task)))
  }

  /// Does the next `length` steps at learning rate e^`logRate`.
  func truncation(length: Int, logRate: Double, derivative: Bool) -> Truncation {
    var loss = 0.0
    var slope = 0.0
    if derivative { state.forgetDerivative() }
    for number in 0..<length {
      guard let own = self.step(logRate: logRate, derivative: derivative, isFirst: number == 0) else {
        loss += Double(length - number) * Self.clip
        break
      }
      loss += own.loss
      slope += own.gradient
    }
    return Truncation(loss: loss / Double(length), gradient: slope / Double(length))
  }

  /// Does one step and returns its loss and derivative; nil where it has diverged.
  private func step(logRate: Double, derivative: Bool, isFirst: Bool) -> Truncation? {
    guard !hasDiverged else { return nil }
    parameters.assign(state.values)
    images.fill(&batch, for: .inner, step: step)
    evaluator.load(batch)
    let loss = Double(evaluator.gradient(at: parameters, into: gradient, keeping: derivative))
    let g = gradient.array
    step += 1
    var slope = 0.0
    if derivative {
      for index in g.indices { slope += Double(g[index]) * Double(state.valuesDot[index]) }
      if isFirst {
        product.fill(0)
      } else {
        tangent.assign(state.valuesDot)
        evaluator.hessianVectorProduct(at: parameters, vector: tangent, into: product)
      }
      update(g, product.array, rate: Float(exp(logRate)))
    } else {
      update(g, rate: Float(exp(logRate)))
    }
    guard loss.isFinite, slope.isFinite, state.values.allSatisfy(\.isFinite) else {
      hasDiverged = true
      return nil
    }
    let isCounted = loss < Self.clip
    return Truncation(loss: isCounted ? loss : Self.clip, gradient: isCounted ? slope : 0)
  }

  private var corrections: (Float, Float) {
    func correction(_ beta: Float) -> Float { Float(1 / (1 - pow(Double(beta), Double(step)))) }
    return (correction(Self.beta1), correction(Self.beta2))
  }

  private func update(_ g: [Float], rate: Float) {
    let (correction1, correction2) = corrections
    for index in g.indices {
      let m = Self.beta1 * state.first[index] + (1 - Self.beta1) * g[index]
      let v = Self.beta2 * state.second[index] + (1 - Self.beta2) * g[index] * g[index]
      state.first[index] = m
      state.second[index] = v
      state.values[index] -= rate * correction1 * m / ((correction2 * v).squareRoot() + Self.epsilon)
    }
  }

  /// Updates the parameters and their derivatives by the gradient and its derivative.
  private func update(_ g: [Float], _ gDot: [Float], rate: Float) {
    let (correction1, correction2) = corrections
    for index in g.indices {
      let m = Self.beta1 * state.first[index] + (1 - Self.beta1) * g[index]
      let v = Self.beta2 * state.second[index] + (1 - Self.beta2) * g[index] * g[index]
      let mDot = Self.beta1 * state.firstDot[index] + (1 - Self.beta1) * gDot[index]
      let vDot = Self.beta2 * state.secondDot[index] + 2 * (1 - Self.beta2) * g[index] * gDot[index]
      let root = (correction2 * v).squareRoot()
      let scale = 1 / (root + Self.epsilon)
      let update = correction1 * m * scale
      // ȧ; a parameter whose gradients all were 0 stays where it is.
      let rootDot = root > 0 ? correction2 * vDot / (2 * root) : 0
      let updateDot = (correction1 * mDot - update * rootDot) * scale
      state.first[index] = m
      state.second[index] = v
      state.firstDot[index] = mDot
      state.secondDot[index] = vDot
      state.values[index] -= rate * update
      state.valuesDot[index] -= rate * (update + updateDot)
    }
  }
}
