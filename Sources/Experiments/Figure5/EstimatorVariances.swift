import Engine
import Threads

/// The variance of an outer-gradient of S pairs at one θ, by each estimator, summed over the coordinates of θ.
struct EstimatorVariances: Codable, Sendable, Equatable {
  /// The variance by back-propagation through the smoothed objective; nil where a sample was not finite.
  var reparameterization: Double?
  /// The variance by evolution strategies.
  var evolutionStrategies: Double
  /// The variance by the combined estimator.
  var combined: Double

  /// The combined estimator's variance over the smaller of the other two.
  var ratio: Double { combined / min(reparameterization ?? .infinity, evolutionStrategies) }

  /// Measures the variances at a fixed θ, with tasks, initialisations and perturbations drawn anew for each of `draws`
  /// outer-gradients.
  ///
  /// The single estimators' variances are those of their samples, over S. The combined estimator is not linear in its
  /// samples: its variance is that of the outer-gradients by which the learner steps.
  ///
  /// - Parameters:
  ///   - theta: the weights, flat.
  ///   - length: the inner steps of each unroll, from the initialisation.
  ///   - outer: gives S and σ, the loss and the objective.
  /// - Throws: an error of the tasks.
  init(
    theta: [Float], length: Int, draws: Int, outer: OuterSettings, inner: InnerSettings,
    problems: [any InnerProblem], tasks: any TaskDistribution, seed: UInt64, threads: Int, kernels: Kernels
  ) throws {
    var outer = outer
    outer.estimator = .combined
    (outer.curriculum.from, outer.curriculum.to, outer.curriculum.jitter) = (length, length, 0)
    outer.asynchronous.on = false
    // So θ does not move, and Adam's first moment is the outer-gradient.
    outer.learningRate = 0
    outer.beta1 = 0
    (outer.clip.by, outer.clip.at) = (.value, .infinity)
    var inner = inner
    (inner.life.from, inner.life.to) = (length, length)
    var state = LearnerState(theta: theta, workers: outer.pairs)
    // Workers begin at the end of a task, as the life of a worker's first task would be cut to stagger them.
    for worker in state.workers.indices { (state.workers[worker].step, state.workers[worker].life) = (1, 1) }
    let learner = Learner(
      seed: seed, outer: outer, inner: inner, problems: problems, tasks: tasks, state: state, threads: threads,
      kernels: kernels)
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
