import Engine
import Threads

/// How much an outer-gradient of S pairs varies at one θ, by each estimator: variances summed over the coordinates of θ.
struct EstimatorVariances: Codable, Sendable, Equatable {
  /// Nil where a sample was not finite.
  var reparameterization: Double?
  var evolutionStrategies: Double
  var combined: Double

  /// That of the combined estimator over the smaller of the two.
  var ratio: Double { combined / min(reparameterization ?? .infinity, evolutionStrategies) }

  /// Draws tasks, initialisations and perturbations anew for each of `draws` outer-gradients, at a θ that stays.
  ///
  /// The single estimators' variances are those of their samples, over S. The combined estimator is not linear in its
  /// samples: its own is that of the outer-gradients that the learner stepped by.
  ///
  /// - Parameters:
  ///   - length: inner steps of each unroll, from the initialisation.
  ///   - outer: S and σ, the loss and the objective.
  init(
    theta: [Float], length: Int, draws: Int, outer: OuterSettings, inner: InnerSettings,
    problems: [any InnerProblem], tasks: any TaskDistribution, seed: UInt64, threads: Int
  ) throws {
    var outer = outer
    outer.estimator = .combined
    (outer.curriculum.from, outer.curriculum.to, outer.curriculum.jitter) = (length, length, 0)
    outer.asynchronous.on = false
    // θ stays, and Adam's first moment is the outer-gradient.
    outer.learningRate = 0
    outer.beta1 = 0
    (outer.clip.by, outer.clip.at) = (.value, .infinity)
    var inner = inner
    (inner.life.from, inner.life.to) = (length, length)
    var state = LearnerState(theta: theta, workers: outer.pairs)
    // At the end of a task: the first of all would be cut, to stagger the workers.
    for worker in state.workers.indices { (state.workers[worker].step, state.workers[worker].life) = (1, 1) }
    let learner = Learner(
      seed: seed, outer: outer, inner: inner, problems: problems, tasks: tasks, state: state, threads: threads)
    var reports: [OuterIterationReport] = []
    var gradients: [[Float]] = []
    while reports.count < draws, let report = try learner.outerIteration(stop: StopFlag()) {
      reports.append(report)
      gradients.append(learner.currentState().adam.first)
    }
    func mean(_ values: [Double?]) -> Double? {
      let known = values.compactMap { $0 }
      return known.count < values.count ? nil : known.reduce(0, +) / Double(known.count * outer.pairs)
    }
    reparameterization = mean(reports.map(\.variance.reparameterization))
    evolutionStrategies = mean(reports.map(\.variance.evolutionStrategies)) ?? .nan
    combined = theta.indices.reduce(0) { sum, coordinate in
      sum + SampleMoments(gradients.map { Double($0[coordinate]) }).variance
    }
  }
}
