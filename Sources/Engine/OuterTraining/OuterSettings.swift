/// Every number of outer-training (method, sections 2 and 3). The defaults are the preset `small`.
package struct OuterSettings: Codable, Hashable, Sendable {
  /// How an outer-gradient is estimated.
  package enum Estimator: String, Codable, CaseIterable, Sendable {
    /// Back-propagation at θ itself, of the outer-loss as it is.
    case exact
    /// Back-propagation through both members of the antithetic pair, averaged.
    case reparameterization
    /// Evolution strategies over the antithetic pair.
    case es
    /// Both, weighted per coordinate by inverse variance.
    case combined
    /// Persistent evolution strategies: no bias by truncation.
    case pes
    /// Evolution strategies with one perturbation for the life of a task: no bias by truncation either.
    case noiseReuse = "noise-reuse-es"
  }

  /// What an inner step counts to the outer-loss.
  package enum Loss: String, Codable, CaseIterable, Sendable {
    /// The loss of the step's own batch, before the update: it costs nothing extra. Train objective only.
    case ownBatch = "own-batch"
    /// The mean loss of `fresh_batches` batches after the update.
    case freshBatches = "fresh-batches"
  }

  package struct Clip: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, CaseIterable, Sendable { case norm, value }
    package var by = Kind.norm
    package var at = 1.0
  }

  /// The number of inner steps K of a truncation grows linearly from `from` to `to` over `over` outer-iterations; each
  /// is multiplied by a uniform number in 1 ± `jitter`.
  package struct Curriculum: Codable, Hashable, Sendable {
    package var from = 20
    package var to = 20
    package var over = 2_000
    package var jitter = 0.2
  }

  /// The outer learning rate falls from its full value by a factor that shrinks, geometrically, from 1 to `to` over
  /// `over` outer-iterations, and stays there.
  package struct Decay: Codable, Hashable, Sendable {
    package var to = 1.0
    package var over = 1_000
  }

  /// An average of θ over the run: a ← decay a + (1 − decay) θ after every outer-iteration; 0: none is kept.
  package struct Average: Codable, Hashable, Sendable {
    package var decay = 0.99
    package var isOn: Bool { decay > 0 }
  }

  /// Workers hand in outer-gradients whenever they have one, of the θ that was the newest when they began, and every
  /// `batch` of them make a step (method, section 3). θ then depends on the threads' speed.
  package struct Asynchronous: Codable, Hashable, Sendable {
    package var on = false
    /// Outer-gradients of one step of θ; 0: as many as there are pairs.
    package var batch = 0
    /// Batches that may wait; while they do, workers wait too.
    package var buffer = 5
    /// An outer-gradient of a θ that is more outer-iterations old is dropped; 0: none is.
    package var staleness = 0
  }

  package var estimator = Estimator.noiseReuse
  package var objective = Objective.train
  package var loss = Loss.ownBatch
  /// Fresh batches a step, where `loss` is ``Loss/freshBatches``.
  package var freshBatches = 5
  /// A batch's loss counts at most this much, with gradient 0 there.
  package var lossClip: Float = 10
  /// Antithetic pairs of an outer-iteration; each is a worker with an inner state of its own.
  package var pairs = 32
  /// Standard deviation σ of the perturbations of θ.
  package var sigma: Float = 0.02
  /// Added to the variances that weight the combined estimator.
  package var varianceFloor = 1e-8
  package var learningRate = 3e-3
  package var beta1 = 0.9
  package var beta2 = 0.999
  package var epsilon = 1e-8
  package var decay = Decay()
  package var average = Average()
  package var clip = Clip()
  package var curriculum = Curriculum()
  package var asynchronous = Asynchronous()

  /// The preset `small`: outer-training that two cores can do, with what did best there (Documentation/estimators.md).
  package static let small = OuterSettings()

  /// The preset `paper`.
  package static let paper: OuterSettings = {
    var settings = OuterSettings()
    settings.estimator = .combined
    settings.loss = .freshBatches
    settings.pairs = 128
    settings.sigma = 0.01
    settings.learningRate = 0.003
    settings.beta1 = 0.5
    settings.average = Average(decay: 0)
    settings.clip = Clip(by: .value, at: 0.05)
    settings.curriculum = Curriculum(from: 50, to: 10_000, over: 5_000)
    return settings
  }()

  package init() {}
}
