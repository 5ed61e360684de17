import Engine
import Evaluation
import Files
import Foundation
import Settings
import Shards
import Synchronization
import Tasks
import Threads

/// An evaluation of θ while outer-training: one number, and one for each problem where there are several, the loss on a
/// fixed set of tasks, or on the rows of a suite. Their classes are of the split `outer-validation`, which outer-training never sees; where no data set has such classes, they are classes to train
/// on, in other tasks and from other initialisations than those of outer-training.
///
/// The tasks, initialisations and minibatches are those of `lopt evaluate` with the same arguments and seed 0, whatever
/// the seed of the run; of classes to train on they are those of seed 1 where the run itself has seed 0. The same θ has the
/// same loss, to the last bit, for any number of threads.
struct OuterEvaluation: Sendable {
  /// One training run of the evaluation.
  struct Run: Sendable {
    /// The name under which its loss is told: the problem's, or that of the suite's row.
    var name: String
    var problem: any InnerProblem
    var plan: EvaluationPlan
    var task: Int
    var initialisation: Int
    var open: TaskImages
  }

  /// Everything but θ on which the loss depends. The losses of different ones do not compare.
  private struct Identity: Encodable {
    var plans: [EvaluationPlan]
    var datasets: [String]
    var classes: Int
    /// The names of the rows of a suite, where it is one; nil where it is none, and in what is known from before.
    var rows: [String]?
  }

  /// The losses that an evaluation comes to.
  struct Losses: Equatable, Sendable {
    /// The mean over all tasks and initialisations, by which the best θ is chosen. Of a suite it is the geometric mean of
    /// the rows' ratios to tuned Adam: see ``OuterEvaluation/scored(_:against:)``.
    var mean: Double
    /// The mean over those of each problem, by its name, or of each row of a suite; empty where the run has only one problem
    /// and no suite.
    var problems: [String: Double]

    /// Makes the means of losses.
    /// - Parameters:
    ///   - found: the loss of each run, with its problem's name.
    ///   - isByProblem: whether each problem has a mean of its own.
    init(_ found: [(problem: String, loss: Double)], isByProblem: Bool) {
      func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
      self.mean = mean(found.map(\.loss))
      problems =
        isByProblem ? Dictionary(grouping: found, by: \.problem).mapValues { mean($0.map(\.loss)) } : [:]
    }
  }

  private let runs: [Run]
  private let architecture: Architecture
  private let threads: Int
  let kernels: Kernels
  private let counter: StepCounter
  /// The split of the classes on which θ is evaluated.
  let split: ClassSplit
  /// The SHA-256 of what is evaluated, and how.
  let identity: String
  /// Whether each problem, or row of a suite, has a loss of its own.
  let isByProblem: Bool
  /// The name of the suite whose rows are evaluated; nil where it is the run's own problems.
  let suite: String?
  /// The names of the problems, or rows of a suite, that are evaluated, in their order.
  var problems: [String] {
    runs.reduce(into: []) { names, run in if !names.contains(run.name) { names.append(run.name) } }
  }

  /// Opens the tasks.
  /// - Parameter tasks: the pairs of data set and problem. Those whose data set has enough classes of the split
  ///   `outer-validation` take turns, and where none has, all of them with classes to train on.
  /// - Throws: `EvaluationError` where a task lacks images.
  init(_ configuration: Configuration, tasks: DatasetTaskDistribution, threads: Int, kernels: Kernels) throws {
    let settings = configuration.evaluation
    let classes = configuration.inner.classes
    let apart = tasks.choices.filter { $0.dataset.manifest.classCount(in: .outerValidation) >= classes }
    let choices = apart.isEmpty ? tasks.choices : apart
    let split: ClassSplit = apart.isEmpty ? .train : .outerValidation
    // A worker and its draw number what outer-training begins from, as a task and its initialisation do here.
    let seed: UInt64 = apart.isEmpty && configuration.seed == 0 ? 1 : 0
    let isForValidation = configuration.outer.objective == .validation
    var runs: [Run] = []
    var plans: [EvaluationPlan] = []
    for (number, choice) in choices.enumerated() where number < settings.tasks {
      let problem = tasks.problems[choice.problem]
      let plan = EvaluationPlan(
        problem: problem.name, split: split,
        tasks: (settings.tasks - number + choices.count - 1) / choices.count,
        initialisations: settings.initialisations,
        steps: settings.steps > 0 ? settings.steps : choice.life?.upperBound ?? configuration.inner.life.to,
        batch: choice.batch ?? configuration.inner.batch,
        seed: seed, tunedFor: isForValidation ? .validation : .train)
      plans.append(plan)
      for task in 0..<plan.tasks {
        let open = try choice.dataset.open(
          choice.dataset.sampleTask(split: plan.split, classes: classes, seed: plan.seed, index: task))
        guard open.count(of: .train) > 0, !isForValidation || open.count(of: .validation) > 0 else {
          throw EvaluationError(
            .noImages,
            "\(choice.dataset.folder.path): task \(task) of \(split.rawValue), which evaluation.every asks for, has "
              + "\(open.count(of: .train)) training and \(open.count(of: .validation)) validation images")
        }
        runs += (0..<plan.initialisations).map {
          Run(name: problem.name, problem: problem, plan: plan, task: task, initialisation: $0, open: open)
        }
      }
    }
    try self.init(
      runs, plans: plans, datasets: choices.map(\.dataset), isByProblem: tasks.problems.count > 1, split: split,
      configuration, counter: tasks.counter, threads: threads, kernels: kernels)
  }

  /// Makes the evaluation of tasks that are open.
  /// - Parameter suite: the suite whose rows they are; nil for none.
  init(
    _ runs: [Run], plans: [EvaluationPlan], datasets: [Dataset], isByProblem: Bool, split: ClassSplit,
    suite: Suite? = nil, _ configuration: Configuration, counter: StepCounter, threads: Int, kernels: Kernels
  ) throws {
    self.runs = runs
    self.threads = threads
    self.kernels = kernels
    self.counter = counter
    self.isByProblem = isByProblem
    self.split = split
    self.suite = suite?.name
    architecture = configuration.inner.optimizer
    identity = Digest.sha256(
      try JSONText.data(
        Identity(
          plans: plans, datasets: datasets.map(\.manifestDigest), classes: configuration.inner.classes,
          rows: suite?.rows.map(\.name))))
  }

  /// Trains the tasks with θ, and returns the mean losses over tasks and initialisations; nil where stopped.
  ///
  /// They are training losses over the last tenth of the steps, or validation losses where that is the objective.
  func losses(of theta: [Float], stop: StopFlag) -> Losses? {
    losses(
      of: { [architecture, kernels] in
        LearnedOptimizer(theta: theta, architecture: architecture, problem: $0.layout, kernels: kernels)
      },
      stop: stop)
  }

  /// Trains the tasks with any optimizer, and returns the mean losses over tasks and initialisations; nil where stopped.
  /// - Parameter optimizer: makes the optimizer for a problem.
  func losses(
    of optimizer: @escaping @Sendable (any InnerProblem) -> any InnerOptimizer, stop: StopFlag
  ) -> Losses? {
    let losses = Mutex([Double?](repeating: nil, count: runs.count))
    Threads.forEach(runs.count, threads: threads) { _, index in
      guard !stop.isSet else { return }
      let run = runs[index]
      let outcome = InnerTraining(run.problem, plan: run.plan, kernels: kernels).run(
        task: run.task, initialisation: run.initialisation, open: run.open, with: run.paced(optimizer(run.problem)),
        stop: stop, counter: counter)
      losses.withLock { $0[index] = outcome?.loss(run.plan.tunedFor, tail: run.plan.tail) }
    }
    let found = losses.withLock { $0.compactMap { $0 } }
    return found.count < runs.count
      ? nil : Losses(Array(zip(runs.map(\.name), found)), isByProblem: isByProblem)
  }
}
