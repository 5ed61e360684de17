package import Engine
import Threads

#if canImport(Glibc)
  import Glibc
#endif

/// Figure 4 of the paper: outer-gradients of truncated unrolls are biased. The logarithm of Adam's learning rate is
/// learned, by the mean loss of whole training runs.
///
/// An outer-iteration is one training run of all inner steps. Its outer-gradient is the mean over the run's truncations
/// of the exact derivative, with the state before each held fixed, or of the estimate of persistent evolution
/// strategies. One step of Adam on the log learning rate follows. So all lengths see the same inner steps, and only the
/// longest is not truncated.
package struct Figure4: Figure {
  /// The settings of figure 4.
  package struct Settings: Codable, Sendable, Equatable {
    /// The seed of initialisations, minibatches and perturbations.
    package var seed: UInt64 = 0
    /// The identity of the tasks, which the figure fills in from the instance.
    var tasks = ""
    /// The name of the inner problem, which the figure fills in.
    var problem = ""
    /// The number of images of a minibatch, which the figure fills in.
    var batch = 0
    /// The number of inner steps of a training run.
    package var steps = 10_000
    /// The truncations' lengths in inner steps, ascending; each divides `steps`, and the last is `steps`.
    package var lengths = [10, 100, 1_000, 10_000]
    /// The truncations' lengths for persistent evolution strategies.
    package var persistentLengths = [10]
    /// The length of the truncations whose outer-gradients are shown one by one; it divides `steps`.
    package var profileLength = 500
    /// The lengths of the truncations whose outer-gradients are added up, ascending; each divides `steps`.
    package var sumLengths = [10, 50, 100, 500]
    /// Adam's learning rate before the first outer-iteration.
    package var startRate = 1e-3
    /// The number of outer-iterations.
    package var outerIterations = 100
    /// The number of tasks whose outer-gradients an outer-iteration takes the mean of.
    package var tasksPerIteration = 1
    /// The learning rate of the Adam that steps the log learning rate.
    package var outerRate = 0.05
    /// The decay of the first moment in the Adam that steps the log learning rate.
    package var outerBeta1 = 0.9
    /// The decay of the second moment in the Adam that steps the log learning rate.
    package var outerBeta2 = 0.99
    /// The largest absolute value with which an outer-gradient counts.
    package var clip = 1.0
    /// The number of antithetic pairs of persistent evolution strategies.
    package var pairs = 4
    /// The standard deviation σ of the perturbations of persistent evolution strategies.
    package var sigma = 0.1
    /// The number of tasks whose mean outer-gradients at the first learning rate are shown.
    package var profileTasks = 4
    /// The log₁₀ of the lowest learning rate of the grid on which the best is sought.
    package var gridFrom = -4.0
    /// The log₁₀ of the highest learning rate of the grid.
    package var gridTo = -1.0
    /// The number of learning rates of the grid in a factor of 10.
    package var gridPerDecade = 8
    /// The number of training runs with each learning rate of the grid.
    package var gridTasks = 4

    /// Makes the settings of a scale.
    package init(_ scale: FigureScale) {
      if scale == .tiny {
        (steps, lengths, profileLength, sumLengths) = (200, [10, 100, 200], 50, [10, 50])
        (outerIterations, pairs, profileTasks, gridTasks, gridPerDecade) = (4, 2, 2, 1, 1)
      }
      guard scale == .paper else { return }
      outerIterations = 200
      tasksPerIteration = 4
      pairs = 16
      profileTasks = 16
      gridTasks = 16
      gridPerDecade = 12
    }
  }

  /// The beginning of the names of its files.
  package let name = "figure4"
  /// The settings, with everything on which the points depend.
  package let settings: Settings
  let runs: RateRuns

  /// Returns the problem that is trained where there is no data set: a network of two hidden layers of 32 units.
  ///
  /// With ReLU the derivative of an unroll lacks a part. Where a unit switches, the inner gradient jumps, and the
  /// derivative does not see it.
  package static func syntheticInstance(seed: UInt64) -> InnerInstance {
    .synthetic(SyntheticImages.Settings(), hidden: [32, 32], batch: batch, seed: seed)
  }

  /// The number of images of a minibatch.
  package static let batch = 32

  /// Makes the figure for an instance.
  package init(_ settings: Settings, instance: InnerInstance, kernels: Kernels) {
    precondition(settings.lengths.allSatisfy { settings.steps % $0 == 0 } && settings.lengths.last == settings.steps)
    let others = settings.persistentLengths + [settings.profileLength] + settings.sumLengths
    precondition(others.allSatisfy { settings.steps % $0 == 0 })
    var settings = settings
    settings.tasks = instance.identity
    settings.problem = instance.problem.name
    settings.batch = instance.batch
    self.settings = settings
    runs = RateRuns(instance: instance, settings: settings, kernels: kernels)
  }

  /// The kernels with which the engine computes.
  package var kernels: Kernels { runs.kernels }
  /// The inner training whose learning rate is learned.
  package var instance: InnerInstance { runs.instance }

  /// The estimators, the most expensive first, so that threads end at about the same time.
  var estimators: [RateEstimator] {
    settings.persistentLengths.map { .persistent(length: $0) }
      + settings.lengths.reversed().map { .truncated(length: $0) }
  }

  /// The natural logarithms of the grid's learning rates, ascending.
  var grid: [Double] {
    let count = Int(((settings.gridTo - settings.gridFrom) * Double(settings.gridPerDecade)).rounded())
    return (0...count).map { (settings.gridFrom + Double($0) / Double(settings.gridPerDecade)) * log(10) }
  }

  /// Returns the cost of one training run in inner steps, where a step with derivatives costs about three; nil stands
  /// for a run without derivatives.
  private func cost(_ estimator: RateEstimator?) -> Int {
    switch estimator {
    case .truncated: 3 * settings.steps
    case .persistent: 2 * settings.pairs * settings.steps
    case nil: settings.steps
    }
  }

  /// The pieces of work.
  package var work: [FigureWork] {
    let runs = settings.outerIterations * settings.tasksPerIteration
    return estimators.map { FigureWork("learning the rate, \($0)", cost: runs * cost($0)) } + [
      FigureWork(
        "outer-gradients of truncations of \(shownLengths.map { $0.grouped }.joined(separator: ", ")) steps",
        cost: shownLengths.count * settings.profileTasks * cost(.truncated(length: settings.steps))),
      FigureWork("a grid of learning rates", cost: grid.count * settings.gridTasks * cost(nil)),
    ]
  }

  /// The lengths of the truncations whose outer-gradients at the first learning rate are measured, ascending.
  var shownLengths: [Int] { Set(settings.sumLengths + [settings.profileLength]).sorted() }

  /// Computes the points that the journal does not have, and makes the figure.
  package func run(_ points: FigureJournal, threads: Int) throws -> FigureOutput {
    let estimators = estimators
    let chains = try Threads.map(estimators.count, threads: threads) { try learn(estimators[$0], points) }
    let losses = try Threads.map(grid.count * settings.gridTasks, threads: threads) { number in
      let (rate, task) = (number / settings.gridTasks, number % settings.gridTasks)
      return try points.value("grid/\(rate)/\(task)", cost: cost(nil), note: "grid") {
        try runs.loss(task: task, logRate: grid[rate])
      }
    }
    let lengths = shownLengths
    let profiles = try Threads.map(lengths.count * settings.profileTasks, threads: threads) { number in
      let (length, task) = (lengths[number / settings.profileTasks], number % settings.profileTasks)
      let estimator = RateEstimator.truncated(length: length)
      return try points.value("profile/\(length)/\(task)", cost: cost(estimator), note: "outer-gradients") {
        try runs.truncations(estimator, task: task, logRate: log(settings.startRate)).map(\.gradient)
      }
    }
    let found = Found(
      chains: Dictionary(uniqueKeysWithValues: zip(estimators, chains)),
      gridLosses: grid.indices.map { rate in
        losses[rate * settings.gridTasks..<(rate + 1) * settings.gridTasks].reduce(0, +) / Double(settings.gridTasks)
      },
      profiles: Dictionary(
        uniqueKeysWithValues: lengths.indices.map { index in
          (
            lengths[index],
            Self.mean(Array(profiles[index * settings.profileTasks..<(index + 1) * settings.profileTasks]))
          )
        }))
    return output(found)
  }

  /// The findings of all points.
  struct Found {
    /// The log learning rate of each estimator, before each outer-iteration and after the last.
    var chains: [RateEstimator: [Double]]
    /// The mean loss of each learning rate of the grid.
    var gridLosses: [Double]
    /// The mean outer-gradient of each truncation, by the truncations' length.
    var profiles: [Int: [Double]]
  }

  private static func mean(_ rows: [[Double]]) -> [Double] {
    rows[0].indices.map { column in rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
  }

  /// Outer-trains the log learning rate, and returns it before each outer-iteration and after the last.
  private func learn(_ estimator: RateEstimator, _ points: FigureJournal) throws -> [Double] {
    var settings = OuterSettings()
    settings.beta1 = self.settings.outerBeta1
    settings.beta2 = self.settings.outerBeta2
    var adam = OuterAdam(count: 1)
    var logRate = [Float(log(self.settings.startRate))]
    var chain = [Double(logRate[0])]
    for iteration in 0..<self.settings.outerIterations {
      let key = "learn/\(estimator.name)/\(estimator.length)/\(iteration)"
      let cost = cost(estimator) * self.settings.tasksPerIteration
      let gradient = try points.value(key, cost: cost, note: "\(estimator)") {
        try outerGradient(estimator, iteration: iteration, logRate: Double(logRate[0]))
      }
      let clipped = min(max(gradient, -self.settings.clip), self.settings.clip)
      adam.update(&logRate, gradient: [clipped], learningRate: self.settings.outerRate, settings: settings)
      chain.append(Double(logRate[0]))
    }
    return chain
  }

  /// Returns the mean over the tasks of an outer-iteration and over the truncations of each.
  private func outerGradient(_ estimator: RateEstimator, iteration: Int, logRate: Double) throws -> Double {
    let tasks = settings.tasksPerIteration
    let gradients = try (0..<tasks).map { number in
      let task = iteration * tasks + number
      let truncations = try runs.truncations(
        estimator, task: task, logRate: logRate, indices: UInt64(estimator.length), UInt64(task))
      return truncations.reduce(0) { $0 + $1.gradient } / Double(truncations.count)
    }
    return gradients.reduce(0, +) / Double(tasks)
  }
}
