/// The settings of outer-training (Documentation/method.md#outer-training). The defaults are the preset `small`.
package struct OuterSettings: Codable, Hashable, Sendable {
  /// The estimators of the outer-gradient (Documentation/method.md#estimators-of-the-outer-gradient).
  package enum Estimator: String, Codable, CaseIterable, Sendable {
    /// Back-propagation at θ itself, of the outer-loss as it is.
    case exact
    /// Back-propagation through both members of the antithetic pair, averaged.
    case reparameterization
    /// Evolution strategies over the antithetic pair.
    case es
    /// Reparameterization and evolution strategies, weighted per coordinate by inverse variance.
    case combined
    /// Persistent evolution strategies, which truncation does not bias.
    case pes
    /// Evolution strategies with one perturbation for the life of a task, which truncation does not bias either.
    case noiseReuse = "noise-reuse-es"
  }

  /// The losses that an inner step may count to the outer-loss (Documentation/method.md#the-outer-loss).
  package enum Loss: String, Codable, CaseIterable, Sendable {
    /// The loss of the step's own batch, before the update: it costs nothing extra. Train objective only.
    case ownBatch = "own-batch"
    /// The mean loss of `fresh_batches` batches after the update.
    case freshBatches = "fresh-batches"
  }

  /// The losses by which the outer-gradient of a problem may be divided (Documentation/method.md#reference-losses).
  package enum Reference: String, Codable, CaseIterable, Sendable {
    /// None: outer-losses count as they are.
    case none
    /// The mean loss of the problem's initialisations.
    case initial
  }

  /// The clip of the outer-gradient (Documentation/method.md#clip-of-the-outer-gradient).
  package struct Clip: Codable, Hashable, Sendable {
    /// The kinds of clip: of the Euclidean norm, or of the value of every coordinate.
    package enum Kind: String, Codable, CaseIterable, Sendable { case norm, value }
    /// The kind of clip.
    package var by = Kind.norm
    /// The limit of the norm, or of the absolute value of a coordinate.
    package var at = 1.0
  }

  /// The growth of truncations: their length K grows linearly with the outer-iterations, and each is multiplied by a
  /// uniform number in 1 ± `jitter` (Documentation/method.md#truncations-and-curriculum).
  package struct Curriculum: Codable, Hashable, Sendable {
    /// The length at outer-iteration 0, in inner steps.
    package var from = 20
    /// The length at the end of the growth, in inner steps.
    package var to = 20
    /// The number of outer-iterations over which the length grows.
    package var over = 2_000
    /// The largest relative change of a truncation's length.
    package var jitter = 0.2
  }

  /// The decay of the outer learning rate: a factor shrinks, geometrically, from 1 to `to` and stays there.
  package struct Decay: Codable, Hashable, Sendable {
    /// The factor at the end of the decay.
    package var to = 1.0
    /// The number of outer-iterations over which the factor shrinks.
    package var over = 1_000
  }

  /// The average of θ over the run: a ← decay a + (1 − decay) θ after every outer-iteration
  /// (Documentation/method.md#average-of-θ).
  package struct Average: Codable, Hashable, Sendable {
    /// The decay, from 0 to below 1; 0 for no average.
    package var decay = 0.99
    /// Whether an average is kept.
    package var isOn: Bool { decay > 0 }
  }

  /// Asynchronous outer-training, in which workers hand in a sample whenever they have one
  /// (Documentation/method.md#asynchronous-outer-training).
  ///
  /// A sample is of the θ that was the newest when its truncation began. θ depends on the threads' speed.
  package struct Asynchronous: Codable, Hashable, Sendable {
    /// Whether outer-training is asynchronous.
    package var on = false
    /// The number of samples of one step of θ; 0 for as many as there are pairs.
    package var batch = 0
    /// The number of batches that may wait. While they do, workers wait too.
    package var buffer = 5
    /// The number of outer-iterations above which a sample's θ is too old, so that it is dropped; 0 to drop none.
    package var staleness = 0
  }

  /// The estimator of the outer-gradient.
  package var estimator = Estimator.noiseReuse
  /// The images of which the outer-loss is.
  package var objective = Objective.train
  /// The loss that each inner step counts.
  package var loss = Loss.ownBatch
  /// The number of fresh batches a step, where `loss` is ``Loss/freshBatches``.
  package var freshBatches = 5
  /// The value that a batch's loss counts, with gradient 0, where it is larger.
  package var lossClip: Float = 10
  /// The loss by which a problem's outer-gradient is divided, where the problem has none of its own.
  package var reference = Reference.none
  /// The number of antithetic pairs of an outer-iteration. Each is a worker with an inner state of its own.
  package var pairs = 32
  /// The standard deviation σ of the perturbations of θ.
  package var sigma: Float = 0.02
  /// The number that is added to the variances that weight the combined estimator.
  package var varianceFloor = 1e-8
  /// The learning rate of the outer-optimizer, before its decay.
  package var learningRate = 3e-3
  /// The decay β₁ of the outer-optimizer's first moment.
  package var beta1 = 0.9
  /// The decay β₂ of the outer-optimizer's second moment.
  package var beta2 = 0.999
  /// The term ε in the outer-optimizer's denominator.
  package var epsilon = 1e-8
  /// The decay of the learning rate.
  package var decay = Decay()
  /// The average of θ.
  package var average = Average()
  /// The clip of the outer-gradient.
  package var clip = Clip()
  /// The growth of truncations.
  package var curriculum = Curriculum()
  /// Whether a truncation's sample is weighted by its length (Documentation/method.md#weights-of-samples).
  package var weightByLength = false
  /// Whether a member that diverges counts the clip to the end of its task's life, and not only of its truncation
  /// (Documentation/method.md#divergence).
  package var countDivergenceToEnd = false
  /// The number of standard deviations at which the normal distribution of initial weights is cut
  /// (Documentation/method.md#initial-θ). It is not where this is nil.
  package var initialCut: Double?
  /// The settings of asynchronous outer-training.
  package var asynchronous = Asynchronous()

  /// The preset `small`: outer-training that two cores can do, with what did best there (Documentation/estimators.md).
  package static let small = OuterSettings()

  /// The preset `paper`: outer-training as in the paper.
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
    settings.weightByLength = true
    settings.countDivergenceToEnd = true
    settings.initialCut = 2
    return settings
  }()

  /// Makes the preset `small`.
  package init() {}
}
