import Engine

extension Configuration {
  /// Throws for the first value that is out of its range, by its key.
  ///
  /// - Parameter source: where the value of a key comes from.
  func validate(source: (String) -> String) throws {
    func require(_ condition: Bool, _ key: String, _ rule: String) throws {
      if !condition { throw ConfigurationError("\(source(key)): \(key) \(rule)") }
    }
    func positive(_ value: Double, _ key: String) throws {
      try require(value > 0 && value.isFinite, key, "must be above 0")
    }
    try require(!datasets.isEmpty, "datasets", "is required: an array of data set folders that dataprep made")
    try require(!state.isEmpty, "state", "is required: a folder for the run's state")
    for (index, dataset) in datasets.enumerated() { try positive(dataset.weight, "datasets[\(index)].weight") }
    for (index, entry) in problem.enumerated() {
      try positive(entry.weight, "problem[\(index)].weight")
      try require(
        (try? InnerProblems.named(entry.name)) != nil, "problem[\(index)].name",
        "is \(entry.name), must be one of \(InnerProblems.names)")
      if let path = entry.dataset {
        try require(
          datasets.contains { $0.path == path }, "problem[\(index)].dataset", "is \(path), not one of datasets")
      }
    }
    try require(threads >= 0, "threads", "must be 0 (every core) or more")
    try require(outerIterations.map { $0 > 0 } ?? true, "outer_iterations", "must be above 0")
    try require((0...65_535).contains(http.port), "http.port", "must be in 0 … 65535")
    try require(!http.host.isEmpty, "http.host", "must not be empty")
    try positive(snapshot.everySeconds, "snapshot.every_seconds")
    try require(evaluation.every >= 0, "evaluation.every", "must be 0 (never) or more")
    try require(evaluation.tasks > 0, "evaluation.tasks", "must be above 0")
    try require(evaluation.initialisations > 0, "evaluation.initialisations", "must be above 0")
    try require(evaluation.steps >= 0, "evaluation.steps", "must be 0 (inner.life.to) or more")
    try validateOuter(require, positive)
    try validateInner(require, positive)
  }

  private func validateOuter(
    _ require: (Bool, String, String) throws -> Void, _ positive: (Double, String) throws -> Void
  ) throws {
    let fewest = outer.estimator.make(varianceFloor: outer.varianceFloor).fewestPairs
    try require(
      outer.pairs >= fewest, "outer.pairs",
      "must be at least \(fewest) for the estimator \(outer.estimator.rawValue)")
    let asynchronous = outer.asynchronous
    try require(
      asynchronous.batch == 0 || asynchronous.batch >= fewest, "outer.asynchronous.batch",
      "must be 0 (as many as outer.pairs) or at least \(fewest) for the estimator \(outer.estimator.rawValue)")
    try require(asynchronous.buffer > 0, "outer.asynchronous.buffer", "must be above 0")
    try require(asynchronous.staleness >= 0, "outer.asynchronous.staleness", "must be 0 (no bound) or more")
    try require(
      outer.objective == .train || outer.loss == .freshBatches, "outer.loss",
      "must be fresh-batches for the validation objective")
    try require(outer.freshBatches > 0, "outer.fresh_batches", "must be above 0")
    try positive(Double(outer.lossClip), "outer.loss_clip")
    try positive(Double(outer.sigma), "outer.sigma")
    try positive(outer.varianceFloor, "outer.variance_floor")
    try positive(outer.learningRate, "outer.learning_rate")
    try positive(outer.epsilon, "outer.epsilon")
    try positive(outer.decay.to, "outer.decay.to")
    try require(outer.decay.over > 0, "outer.decay.over", "must be above 0")
    try require((0..<1).contains(outer.average.decay), "outer.average.decay", "must be 0 (off) or below 1")
    try positive(outer.clip.at, "outer.clip.at")
    try require((0..<1).contains(outer.beta1), "outer.beta1", "must be in 0 … 1, 1 excluded")
    try require((0..<1).contains(outer.beta2), "outer.beta2", "must be in 0 … 1, 1 excluded")
    try require(outer.curriculum.from > 0, "outer.curriculum.from", "must be above 0")
    try require(outer.curriculum.to > 0, "outer.curriculum.to", "must be above 0")
    try require(outer.curriculum.over > 0, "outer.curriculum.over", "must be above 0")
    try require((0..<1).contains(outer.curriculum.jitter), "outer.curriculum.jitter", "must be in 0 … 1, 1 excluded")
  }

  private func validateInner(
    _ require: (Bool, String, String) throws -> Void, _ positive: (Double, String) throws -> Void
  ) throws {
    try require(inner.batch > 0, "inner.batch", "must be above 0")
    try require(inner.classes == 10, "inner.classes", "must be 10: the problems have 10 outputs")
    try require(inner.life.from > 0, "inner.life.from", "must be above 0")
    try require(inner.life.to >= inner.life.from, "inner.life.to", "must be at least inner.life.from")
    let optimizer = inner.optimizer
    try require((1...8).contains(optimizer.hiddenLayers), "inner.optimizer.hidden_layers", "must be in 1 … 8")
    try require((2...1_024).contains(optimizer.hiddenUnits), "inner.optimizer.hidden_units", "must be in 2 … 1024")
    try require((1...16).contains(optimizer.betas.count), "inner.optimizer.betas", "must be 1 to 16 numbers")
    try require(
      optimizer.betas.allSatisfy { (0..<1).contains($0) }, "inner.optimizer.betas", "must be in 0 … 1, 1 excluded")
    try require(
      optimizer.timeScales.allSatisfy { $0 > 0 }, "inner.optimizer.time_scales", "must be above 0")
    try positive(Double(optimizer.lambda1), "inner.optimizer.lambda1")
    try positive(Double(optimizer.lambda2), "inner.optimizer.lambda2")
  }
}
