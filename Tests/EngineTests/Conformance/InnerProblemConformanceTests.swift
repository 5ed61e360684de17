import Testing

@testable import Engine

/// What every inner problem must do: a new one joins by being in ``InnerProblems/all``.
@Suite struct InnerProblemConformanceTests {
  private typealias Example = InnerProblemExample

  struct Problem: CustomTestStringConvertible, Sendable {
    var problem: any InnerProblem
    var testDescription: String { problem.name }
  }

  static let problems =
    (InnerProblems.all + [tinyProblem, tinyConvNet] + ["mlp1x7-rgb@3"].compactMap { MLP(named: $0) })
    .map { Problem(problem: $0) }

  @Test("the layout's tensors stand one behind the other and cover the parameters", arguments: problems)
  func layout(problem: Problem) {
    let layout = problem.problem.layout
    var end = 0
    for tensor in layout.tensors {
      #expect(tensor.offset == end && tensor.count > 0)
      end = tensor.range.upperBound
    }
    #expect(end == layout.count)
    #expect(Set(layout.tensors.map(\.name)).count == layout.tensors.count)
    #expect(problem.problem.initialParameters(seed: 0).count == layout.count)
  }

  @Test("the initial parameters are a function of the seed and of the indices", arguments: problems)
  func initialisation(problem: Problem) {
    let first = problem.problem.initialParameters(seed: 1, index: 2, 3)
    #expect(first == problem.problem.initialParameters(seed: 1, index: 2, 3))
    #expect(first != problem.problem.initialParameters(seed: 2, index: 2, 3))
    #expect(first != problem.problem.initialParameters(seed: 1, index: 2, 4))
    #expect(first.allSatisfy { $0.isFinite })
  }

  @Test(
    "each tensor's gradient agrees with central differences of the loss, along random directions", arguments: problems)
  func gradient(problem: Problem) {
    let example = Example(problem.problem)
    let gradient = example.gradient(at: example.parameters)
    for (number, tensor) in problem.problem.layout.tensors.enumerated() {
      // The gradient's coordinates with random factors: a slope that stands out from the loss's rounding.
      let factors = randomNormals(tensor.count, seed: UInt64(10 + number)).map { 1 + $0 }
      let part = zip(gradient[tensor.range], factors).map { $0 * $1 }
      let length = Float(norm(part.map(Double.init)))
      var direction = [Float](repeating: 0, count: gradient.count)
      for (coordinate, value) in zip(tensor.range, part) { direction[coordinate] = value / length }
      let expected = dot(gradient, direction)
      // A change of the loss that stands out too.
      let h = Float(2.5e-5 / min(expected, 0.05))
      let ahead = example.evaluator.value(at: example.moved(h, along: direction))
      let behind = example.evaluator.value(at: example.moved(-h, along: direction))
      let slope = Double(ahead - behind) / Double(2 * h)
      // Measured: at most 5e-3, but 4e-2 where a step crosses kinks of many convolutions' ReLUs.
      #expect(abs(slope - expected) < 0.1 * abs(expected), "\(tensor.name)")
    }
  }

  @Test(
    "the Hessian-vector product agrees with central differences of the gradient, along the last layer's parameters",
    arguments: problems)
  func hessianVectorProduct(problem: Problem) {
    let example = Example(problem.problem)
    let tensors = problem.problem.layout.tensors
    for seed in 20..<23 as Range<UInt64> {
      // What moves an earlier layer crosses kinks of the thousands of ReLUs behind it, and the gradient jumps there;
      // the symmetry below ties those rows to these.
      let direction = example.direction(seed: seed, from: tensors[tensors.count - 2].offset)
      let h: Float = 0.001
      let ahead = example.gradient(at: example.moved(h, along: direction))
      let behind = example.gradient(at: example.moved(-h, along: direction))
      let slopes = zip(ahead, behind).map { Double($0 - $1) / Double(2 * h) }
      let product = example.hessianVectorProduct(direction).map(Double.init)
      // Measured: at most 1.1e-3, the rounding of the gradients.
      #expect(relativeError(product, slopes) < 0.01)
    }
  }

  @Test("the Hessian is symmetric: v·Hw = w·Hv", arguments: problems)
  func symmetry(problem: Problem) {
    let example = Example(problem.problem)
    let v = example.direction(seed: 30)
    let w = example.direction(seed: 31)
    let hv = example.hessianVectorProduct(v)
    let hw = example.hessianVectorProduct(w)
    // Measured: at most 1e-8, of products near 1e-2.
    #expect(abs(dot(v, hw) - dot(w, hv)) < 1e-7 * norm(hw.map(Double.init)))
  }

  @Test("the loss of `value` is that of `gradient`, and both classify alike", arguments: problems)
  func value(problem: Problem) {
    let example = Example(problem.problem)
    let value = example.evaluator.value(at: example.parameters)
    let correct = example.evaluator.correct
    #expect(value.isFinite)
    #expect(value == example.evaluator.gradient(at: example.parameters, into: FloatBuffer(example.parameters.count)))
    #expect(correct == example.evaluator.correct)
  }

  @Test("an image is classified right under exactly one label", arguments: problems)
  func correct(problem: Problem) {
    let example = Example(problem.problem)
    var batch = SyntheticTask(shape: problem.problem.shape).batch(of: Example.images)
    let correct = (0..<problem.problem.classes).map { label in
      batch.labels = batch.labels.map { _ in Int32(label) }
      example.evaluator.load(batch)
      _ = example.evaluator.value(at: example.parameters)
      return example.evaluator.correct
    }
    #expect(correct.reduce(0, +) == Example.images)
  }

  @Test(
    "the loss and its derivatives repeat to the bit, after another batch too, and by another evaluator",
    arguments: problems)
  func repeatable(problem: Problem) {
    let example = Example(problem.problem)
    let vector = example.direction(seed: 40)
    func all(_ example: Example) -> [[Float]] {
      [
        [example.evaluator.value(at: example.parameters)], example.gradient(at: example.parameters),
        example.hessianVectorProduct(vector),
      ]
    }
    let first = all(example)
    #expect(first == all(example))
    example.load(step: 1)
    #expect(first != all(example))
    example.load(step: 0)
    #expect(first == all(example))
    #expect(first == all(Example(problem.problem)))
  }

  @Test("a parameter that is not a number makes the loss none: nothing hides it", arguments: problems)
  func notANumber(problem: Problem) {
    let example = Example(problem.problem)
    for tensor in problem.problem.layout.tensors {
      for coordinate in [tensor.offset, tensor.range.upperBound - 1] {
        let damaged = FloatBuffer(example.parameters.array)
        damaged[coordinate] = .nan
        #expect(!example.evaluator.value(at: damaged).isFinite, "\(tensor.name)")
      }
    }
  }
}
