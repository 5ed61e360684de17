import Engine

extension ConfigurationKey {
  /// The keys of outer-training: ``OuterSettings``.
  static let outer = gradient + adam + initial + asynchronous

  /// The keys of the outer-loss and of the estimator of its gradient.
  private static let gradient = [
    ConfigurationKey(
      "outer.estimator", \.outer.estimator, "How outer-gradients are estimated:",
      more: """
        `exact` (back-propagation at θ itself), `reparameterization`, `es`, `combined` (both, by inverse variance; at \
        least 2 pairs), `pes` (persistent evolution strategies) or `noise-reuse-es` (one perturbation for a task's life).
        """,
      words: OuterSettings.Estimator.words),
    ConfigurationKey(
      "outer.objective", \.outer.objective, "Whose images the outer-loss is measured on: `train` or `validation`.",
      words: Objective.words),
    ConfigurationKey(
      "outer.loss", \.outer.loss, "What a step counts to the outer-loss:",
      more: """
        `own-batch` (the loss of its own batch, before the update; train objective only) or `fresh-batches` (after it).
        """,
      words: OuterSettings.Loss.words,
      .fault { value, configuration in
        configuration.outer.objective == .train || value == .freshBatches
          ? nil : Fault("must be fresh-batches for the validation objective")
      }),
    ConfigurationKey(
      "outer.fresh_batches", \.outer.freshBatches, "Fresh batches a step.", .range(1...1_000)),
    ConfigurationKey("outer.loss_clip", \.outer.lossClip, "A batch's loss counts at most this.", .positive),
    ConfigurationKey(
      "outer.reference", \.outer.reference, "By which loss the outer-gradients of a problem are divided:",
      more: """
        `none`, or `initial` (the mean loss of its initialisations). A problem's own `reference_loss` goes before \
        ([method](method.md#reference-losses)).
        """,
      words: OuterSettings.Reference.words),
    ConfigurationKey(
      "outer.pairs", \.outer.pairs, "Antithetic pairs of an outer-iteration.",
      more: "At least 2 for the estimator `combined`.",
      .range(1...Rule<Int>.mostPairs),
      .fault { value, configuration in
        let (fewest, most) = (configuration.outer.fewestPairs, Rule<Int>.mostPairs)
        guard !(fewest...most).contains(value) else { return nil }
        return Fault(
          "must be at least \(fewest) for the estimator \(configuration.outer.estimator.rawValue), at most \(most)")
      }),
    ConfigurationKey(
      "outer.sigma", \.outer.sigma, "Standard deviation of the perturbations of θ.", .positive),
    ConfigurationKey(
      "outer.variance_floor", \.outer.varianceFloor, "Added to the variances of the combined estimator.", .positive),
    ConfigurationKey(
      "outer.curriculum.from", \.outer.curriculum.from, "Inner steps of a truncation at the beginning.",
      .range(1...Rule<Int>.most)),
    ConfigurationKey(
      "outer.curriculum.to", \.outer.curriculum.to, "Inner steps of a truncation at the end of the curriculum.",
      .range(1...Rule<Int>.most)),
    ConfigurationKey(
      "outer.curriculum.over", \.outer.curriculum.over, "Outer-iterations over which they grow linearly.",
      .range(1...Rule<Int>.most)),
    ConfigurationKey(
      "outer.curriculum.jitter", \.outer.curriculum.jitter,
      "Each truncation's are multiplied by a random number in 1 ± jitter.", .belowOne),
    ConfigurationKey(
      "outer.weight_by_length", \.outer.weightByLength,
      "Whether an outer-gradient is weighted by the length of its truncation.",
      more: "So every inner step counts the same ([method](method.md#weights-of-samples)).", before: false),
    ConfigurationKey(
      "outer.count_divergence_to_end", \.outer.countDivergenceToEnd,
      "Whether a member that diverges counts `outer.loss_clip` for the rest of its task's life.",
      more: "`false`: for the rest of the truncation, with which the task ends ([method](method.md#divergence)).",
      before: false),
  ]

  /// The keys of the step of θ.
  private static let adam = [
    ConfigurationKey("outer.learning_rate", \.outer.learningRate, "Learning rate of Adam on θ.", .positive),
    ConfigurationKey("outer.beta1", \.outer.beta1, "β₁ of Adam on θ.", .belowOne),
    ConfigurationKey("outer.beta2", \.outer.beta2, "β₂ of Adam on θ.", .belowOne),
    ConfigurationKey("outer.epsilon", \.outer.epsilon, "ε of Adam on θ.", .positive),
    ConfigurationKey(
      "outer.decay.to", \.outer.decay.to,
      "The learning rate is multiplied by a factor that falls geometrically from 1 to this, and stays there.",
      .positive),
    ConfigurationKey(
      "outer.decay.over", \.outer.decay.over, "Outer-iterations over which it falls.", .range(1...Rule<Int>.most)),
    ConfigurationKey(
      "outer.average.decay", \.outer.average.decay,
      "An average of θ is kept: a ← decay a + (1 − decay) θ after each outer-iteration; 0: none.",
      .must("be 0 (off) or below 1", (0..<1).contains)),
    ConfigurationKey(
      "outer.clip.by", \.outer.clip.by, "The outer-gradient is clipped by its `norm`, or each `value` of it.",
      words: OuterSettings.Clip.Kind.words),
    ConfigurationKey(
      "outer.clip.at", \.outer.clip.at, "The largest norm, or the largest value, of the outer-gradient.", .positive),
  ]

  /// The key of the θ that a run begins with.
  private static let initial = [
    ConfigurationKey(
      "outer.initial_cut", \.outer.initialCut,
      "Standard deviations at which the normal distribution of θ's initial weights is cut.",
      more: "`null`: it is not. See [method](method.md#initial-θ).", changed: .start,
      before: .some(nil), .ifThere(.range(0.1...10)))
  ]

  /// The keys of asynchronous outer-training.
  private static let asynchronous = [
    ConfigurationKey(
      "outer.asynchronous.on", \.outer.asynchronous.on,
      "Whether workers go on while θ steps.",
      more: """
        `false`: every outer-iteration takes one truncation of each worker, and θ is the same for any number of threads.
        """),
    ConfigurationKey(
      "outer.asynchronous.batch", \.outer.asynchronous.batch,
      "Outer-gradients of a step; 0: as many as `outer.pairs`.",
      .must("be 0 (as many as outer.pairs) to \(Rule<Int>.mostPairs)", (0...Rule<Int>.mostPairs).contains),
      .fault { value, configuration in
        let (fewest, most) = (configuration.outer.fewestPairs, Rule<Int>.mostPairs)
        guard value != 0, !(fewest...most).contains(value) else { return nil }
        return Fault(
          "must be 0 (as many as outer.pairs) or at least \(fewest) for the estimator "
            + "\(configuration.outer.estimator.rawValue), at most \(most)")
      }),
    ConfigurationKey(
      "outer.asynchronous.buffer", \.outer.asynchronous.buffer, "Batches that may wait before workers do.",
      .range(1...Rule<Int>.mostPairs)),
    ConfigurationKey(
      "outer.asynchronous.staleness", \.outer.asynchronous.staleness,
      "Outer-gradients whose θ is more outer-iterations old are dropped; 0: none.",
      .must("be 0 (no bound) to \(Rule<Int>.most)", (0...Rule<Int>.most).contains)),
  ]
}

extension OuterSettings {
  /// The fewest pairs from which the estimator can estimate.
  fileprivate var fewestPairs: Int { estimator.make(varianceFloor: varianceFloor).fewestPairs }
}
