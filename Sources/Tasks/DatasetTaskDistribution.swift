package import Engine
import Randomness
package import Shards
import Synchronization

/// The tasks that a run trains on: pairs of a data set and a problem that fits it, each drawn by its weight
/// (Documentation/method.md#tasks-and-minibatches).
package final class DatasetTaskDistribution: TaskDistribution {
  /// A problem on a data set, as a run's state remembers it. A data set is known by its manifest, wherever it lies.
  package struct Description: Codable, Equatable, Sendable, CustomStringConvertible {
    var problem: String
    var datasetSHA256: String
    var weight: Double
    var batch: Int?
    var life: ClosedRange<Int>?
    var referenceLoss: Double?

    /// The pair and its weight as text, for messages, with what its tasks have of their own.
    package var description: String {
      let own = [
        life.map { ", lives \($0.lowerBound) to \($0.upperBound)" }, batch.map { ", minibatches of \($0)" },
        referenceLoss.map { ", reference loss \($0)" },
      ]
      return "\(problem) on \(datasetSHA256.prefix(12)) × \(weight)" + own.compactMap { $0 }.joined()
    }
  }

  /// A pair of a data set and a problem that fits it.
  package struct Choice: Sendable {
    /// The data set, opened and checked.
    package var dataset: Dataset
    /// The problem's position in ``DatasetTaskDistribution/problems``.
    package var problem: Int
    /// The weight, above 0; only its ratio to the other weights matters.
    package var weight: Double
    /// The number of images of a minibatch where it is not that of the settings.
    package var batch: Int?
    /// The shortest and the longest life of its tasks where they are not those of the settings.
    package var life: ClosedRange<Int>?
    /// The loss by which its outer-gradients are divided, as it was given.
    package var referenceLoss: Double?
    /// The mean loss of its problem's initialisations, by which they are divided where no other is given; nil where that
    /// is not asked for.
    package var initialLoss: Double?

    /// The loss by which its outer-gradients are divided; nil for none.
    package var reference: Double? { referenceLoss ?? initialLoss }

    /// Makes a pair.
    package init(
      dataset: Dataset, problem: Int, weight: Double, batch: Int? = nil, life: ClosedRange<Int>? = nil,
      referenceLoss: Double? = nil
    ) {
      self.dataset = dataset
      self.problem = problem
      self.weight = weight
      self.batch = batch
      self.life = life
      self.referenceLoss = referenceLoss
    }
  }

  /// The inner problems.
  package let problems: [any InnerProblem]
  /// The pairs from which tasks are drawn.
  package let choices: [Choice]
  private let classes: Int
  private let batch: Int
  private let seed: UInt64
  /// Counts the inner steps of all tasks of this distribution.
  package let counter: StepCounter
  /// The newest task of each worker, which asks for the same one truncation after truncation.
  private let open = Mutex<[Int: (draw: Int, task: InnerTask)]>([:])

  /// Makes a distribution.
  /// - Parameters:
  ///   - choices: the pairs from which tasks are drawn, each by its weight.
  ///   - classes: the number of classes of a task.
  ///   - batch: the number of images of a minibatch, where a pair has no other.
  ///   - seed: the seed of tasks and minibatches.
  ///   - counter: counts the inner steps of the tasks.
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

  /// The pairs as a run's state remembers them, with weights that sum to 1.
  package var descriptions: [Description] {
    let total = choices.reduce(0) { $0 + $1.weight }
    return choices.map {
      Description(
        problem: problems[$0.problem].name, datasetSHA256: $0.dataset.manifestDigest, weight: $0.weight / total,
        batch: $0.batch, life: $0.life, referenceLoss: $0.referenceLoss)
    }
  }

  /// Returns a worker's task, a pure function of the seed, the worker and the draw.
  /// - Throws: ``ShardsError`` where the data set has too few classes, or a shard is damaged.
  package func task(worker: Int, draw: Int) throws -> InnerTask {
    if let (known, task) = open.withLock({ $0[worker] }), known == draw { return task }
    var random = RandomStream(seed: seed, purpose: .taskChoice, UInt64(worker), UInt64(draw))
    var rest = random.uniform() * choices.reduce(0) { $0 + $1.weight }
    let choice =
      choices.first {
        rest -= $0.weight
        return rest < 0
      } ?? choices[choices.count - 1]
    // This numbers all draws of all workers: workers are few, and draws go on for ever.
    let classes = try choice.dataset.sampleTask(
      split: .train, classes: classes, seed: seed, index: draw << 16 | worker)
    let images = ShardBatches(
      try choice.dataset.open(classes), batch: choice.batch ?? batch, seed: seed,
      indices: [UInt64(worker), UInt64(draw)], counter: counter)
    let task = InnerTask(
      problem: choice.problem, images: images, batch: choice.batch, life: choice.life, reference: choice.reference ?? 1)
    open.withLock { $0[worker] = (draw, task) }
    return task
  }
}
