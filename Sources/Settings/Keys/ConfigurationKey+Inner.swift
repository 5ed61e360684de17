import Engine

extension ConfigurationKey {
  /// The keys of the inner problems: ``InnerSettings``.
  static let inner =
    [
      ConfigurationKey("inner.batch", \.inner.batch, "Images of a minibatch.", .range(InnerSettings.batchRange)),
      ConfigurationKey(
        "inner.classes", \.inner.classes, "Classes of a task.", changed: .newWorkers,
        .must("be 10: the problems have 10 outputs") { $0 == 10 }),
      ConfigurationKey(
        "inner.life.from", \.inner.life.from, "The fewest inner steps that a task lives for.",
        more: """
          A life is drawn log-uniformly; each worker's first task lives only a random share of it, so that tasks do not \
          all end at once.
          """,
        changed: .newWorkers, .range(1...Rule<Int>.most)),
      ConfigurationKey(
        "inner.life.to", \.inner.life.to, "The most inner steps that a task lives for.", changed: .newWorkers,
        .must("be at least inner.life.from, at most \(Rule<Int>.most)") { value, configuration in
          value >= configuration.inner.life.from && value <= Rule<Int>.most
        }),
      ConfigurationKey(
        "inner.life.ages", \.inner.life.ages,
        "How outer-gradients of tasks of different ages count:",
        more: """
          `lives` (each as it comes: few tasks get to late ages) or `even` (each by 1 / P(life > age), at most 10; \
          [method](method.md#ages)).
          """,
        words: InnerSettings.Life.Ages.words),
      ConfigurationKey(
        "inner.loss_clip", \.inner.lossClip,
        "Outer-training's inner steps go down the loss clipped at this: where it is that or more, the gradient is 0.",
        more: "`null`: the loss as it is. See [method](method.md#clip-of-the-inner-loss).", before: .some(nil),
        .ifThere(.positive)),
    ] + optimizer

  /// The time scales that an architecture may have, in inner steps.
  private static let timeScalesRange: ClosedRange<Float> = 1e-30...1e16

  /// The keys of the learned optimizer's architecture: ``Architecture``.
  private static let optimizer = [
    ConfigurationKey(
      "inner.optimizer.hidden_layers", \.inner.optimizer.hiddenLayers,
      "Hidden layers of the learned optimizer's network.", changed: .refused,
      .range(Architecture.hiddenLayersRange)),
    ConfigurationKey(
      "inner.optimizer.hidden_units", \.inner.optimizer.hiddenUnits, "Units of each.", changed: .refused,
      .range(Architecture.hiddenUnitsRange)),
    ConfigurationKey(
      "inner.optimizer.features", \.inner.optimizer.features,
      "Groups of inputs that are on, of `momentum`, `rms`, `time`.", words: Architecture.FeatureGroup.words,
      changed: .refused, .must("not name a group twice") { Set($0).count == $0.count }),
    ConfigurationKey(
      "inner.optimizer.betas", \.inner.optimizer.betas, "Decays of the momenta and second moments.", changed: .refused,
      .must("be \(Architecture.betasRange.lowerBound) to \(Architecture.betasRange.upperBound) numbers") {
        Architecture.betasRange.contains($0.count)
      },
      .must("be in 0 … 1, 1 excluded") { $0.allSatisfy { (0..<1).contains($0) } }),
    ConfigurationKey(
      "inner.optimizer.time_scales", \.inner.optimizer.timeScales, "τ of the time inputs.", changed: .refused,
      .must("be at most \(Architecture.mostTimeScales) numbers") { $0.count <= Architecture.mostTimeScales },
      .must("be in \(timeScalesRange.words)") { $0.allSatisfy(timeScalesRange.contains) }),
    ConfigurationKey(
      "inner.optimizer.lambda1", \.inner.optimizer.lambda1, "Scale λ₁ of the update.", changed: .refused, .positive),
    ConfigurationKey(
      "inner.optimizer.lambda2", \.inner.optimizer.lambda2, "Scale λ₂ of the update's exponent.", changed: .refused,
      .positive),
    ConfigurationKey(
      "inner.optimizer.time_frozen_at", \.inner.optimizer.timeFrozenAt,
      "The inner step from which on the time inputs stay as they are.",
      more: """
        With the longest life, a run that is longer than those of outer-training has no time inputs that these did not \
        have ([method](method.md#time-inputs)).
        """,
      absence: "never", changed: .refused, .ifThere(.range(Architecture.timeFrozenAtRange))),
    ConfigurationKey(
      "inner.optimizer.scale_by_rms", \.inner.optimizer.scaleByRms,
      "Whether a tensor's update is multiplied by the root mean square of its parameters.",
      more: "See [method](method.md#scale-of-an-update).", changed: .refused),
    ConfigurationKey(
      "inner.optimizer.raw_momentum", \.inner.optimizer.rawMomentum,
      "Whether the network gets normalised momentum as it is, not divided by its root mean square over the tensor.",
      more: "See [method](method.md#normalisation).", changed: .refused,
      .must("be false unless inner.optimizer.features has both momentum and rms") { value, configuration in
        !value || Set(configuration.inner.optimizer.features).isSuperset(of: [.momentum, .rms])
      }),
  ]
}
