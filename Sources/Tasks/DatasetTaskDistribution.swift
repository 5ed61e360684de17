package import Engine
import Randomness
package import Shards
import Synchronization

/// What a run trains on: pairs of a data set and a problem that fits it, each drawn by its weight.
package final class DatasetTaskDistribution: TaskDistribution {
  /// A problem on a data set, as a run's state remembers it: a data set is its manifest, wherever it lies.
  package struct Description: Codable, Equatable, Sendable, CustomStringConvertible {
    var problem: String
    var datasetSHA256: String
    var weight: Double

    package var description: String { "\(problem) on \(datasetSHA256.prefix(12)) × \(weight)" }
  }

  /// A pair of a data set and a problem that fits it.
  package struct Choice: Sendable {
    package var dataset: Dataset
    /// The problem's number in ``DatasetTaskDistribution/problems``.
    package var problem: Int
    package var weight: Double

    package init(dataset: Dataset, problem: Int, weight: Double) {
      self.dataset = dataset
      self.problem = problem
      self.weight = weight
    }
  }

  package let problems: [any InnerProblem]
  package let choices: [Choice]
  private let classes: Int
  private let batch: Int
  private let seed: UInt64
  /// Counts the inner steps of its tasks.
  package let counter: StepCounter
  /// Each worker's newest task: truncation after truncation asks for the same.
  private let open = Mutex<[Int: (draw: Int, task: InnerTask)]>([:])

  /// - Parameters:
  ///   - choices: What tasks are drawn from, each by its weight.
  ///   - classes: Classes of a task.
  ///   - batch: Images of a minibatch.
  ///   - counter: Counts the inner steps of the tasks.
  package init(
    problems: [any InnerProblem], choices: [Choice], classes: Int, batch: Int, seed: UInt64,
    counter: StepCounter = StepCounter()
  ) {
    self.problems = problems
    self.choices = choices
    self.classes = classes
    self.batch = batch
    self.seed = seed
    self.counter = counter
  }

  /// What tasks are drawn from: the weights are shares of 1.
  package var descriptions: [Description] {
    let total = choices.reduce(0) { $0 + $1.weight }
    return choices.map {
      Description(
        problem: problems[$0.problem].name, datasetSHA256: $0.dataset.manifestDigest, weight: $0.weight / total)
    }
  }

  package func task(worker: Int, draw: Int) throws -> InnerTask {
    if let (known, task) = open.withLock({ $0[worker] }), known == draw { return task }
    var random = RandomStream(seed: seed, purpose: .taskChoice, UInt64(worker), UInt64(draw))
    var rest = random.uniform() * choices.reduce(0) { $0 + $1.weight }
    let choice =
      choices.first {
        rest -= $0.weight
        return rest < 0
      } ?? choices[choices.count - 1]
    // Workers are few and draws go on for ever: this numbers all of them.
    let classes = try choice.dataset.sampleTask(
      split: .train, classes: classes, seed: seed, index: draw << 16 | worker)
    let images = ShardBatches(
      try choice.dataset.open(classes), batch: batch, seed: seed,
      indices: [UInt64(worker), UInt64(draw)], counter: counter)
    let task = InnerTask(problem: choice.problem, images: images)
    open.withLock { $0[worker] = (draw, task) }
    return task
  }
}
