import Engine

extension Configuration {
  /// More of anything is a slip of the pen, and sums and products of what is less fit every number.
  private static let most = 1_000_000_000
  /// A year.
  private static let longest = 31_536_000.0
  /// Workers are numbered with 16 bits.
  private static let mostPairs = 65_536

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
    func weight(_ value: Double, _ key: String) throws {
      try require(value > 0 && value <= Double(Self.most), key, "must be above 0, at most \(Self.most)")
    }
    try require(!datasets.isEmpty, "datasets", "is required: an array of data set folders that dataprep made")
    try require(!state.isEmpty, "state", "is required: a folder for the run's state")
    for (index, dataset) in datasets.enumerated() { try weight(dataset.weight, "datasets[\(index)].weight") }
    for (index, entry) in problem.enumerated() {
      try weight(entry.weight, "problem[\(index)].weight")
      try require(
        (try? InnerProblems.named(entry.name)) != nil, "problem[\(index)].name",
        "is \(entry.name), must be one of \(InnerProblems.names)")
      if let path = entry.dataset {
        try require(
          datasets.contains { $0.path == path }, "problem[\(index)].dataset", "is \(path), not one of datasets")
      }
    }
    try require((0...1_024).contains(threads), "threads", "must be 0 (every core) to 1024")
    try require(outerIterations.map { $0 > 0 } ?? true, "outer_iterations", "must be above 0")
    try validateHTTP(require)
    for (seconds, key) in [
      (snapshot.everySeconds, "snapshot.every_seconds"), (snapshot.keepEverySeconds, "snapshot.keep_every_seconds"),
    ] {
      try require(seconds > 0 && seconds <= Self.longest, key, "must be above 0, at most \(Int(Self.longest))")
    }
    try require((1...Self.most).contains(snapshot.keep), "snapshot.keep", "must be in 1 … \(Self.most)")
    try require((0...Self.most).contains(snapshot.freeMib), "snapshot.free_mib", "must be in 0 … \(Self.most)")
    try require(evaluation.every >= 0, "evaluation.every", "must be 0 (never) or more")
    try require(evaluation.tasks > 0, "evaluation.tasks", "must be above 0")
    try require(evaluation.initialisations > 0, "evaluation.initialisations", "must be above 0")
    try require(evaluation.steps >= 0, "evaluation.steps", "must be 0 (inner.life.to) or more")
    try validateOuter(require, positive)
    try validateInner(require, positive)
  }

  private func validateHTTP(_ require: (Bool, String, String) throws -> Void) throws {
    try require((0...65_535).contains(http.port), "http.port", "must be in 0 … 65535")
    try require(!http.host.isEmpty, "http.host", "must not be empty")
    // sockaddr_un has 108 bytes for it, the last of them zero.
    try require((http.socket?.utf8.count ?? 0) < 108, "http.socket", "must be a path of at most 107 bytes")
    try require(
      http.tcp || http.socket != nil, "http.tcp",
      "is false, and http.socket names no Unix socket: nobody could reach it")
    try require(
      (http.tls.certificate == nil) == (http.tls.key == nil), "http.tls", "needs both certificate and key, or neither")
    guard http.tcp, !["127.0.0.1", "::1", "localhost"].contains(http.host) else { return }
    try require(
      http.tokenFile != nil, "http.host",
      "is \(http.host), which others may reach: set http.token_file to the file of a bearer token")
    try require(
      http.tls.certificate != nil || http.tls.terminatedElsewhere, "http.host",
      "is \(http.host), which others may reach: set http.tls.certificate and http.tls.key, or "
        + "http.tls.terminated_elsewhere where another server does TLS before this one")
  }

  private func validateOuter(
    _ require: (Bool, String, String) throws -> Void, _ positive: (Double, String) throws -> Void
  ) throws {
    func count(_ value: Int, _ key: String, most: Int = Self.most) throws {
      try require((1...most).contains(value), key, "must be in 1 … \(most)")
    }
    let fewest = outer.estimator.make(varianceFloor: outer.varianceFloor).fewestPairs
    try require(
      (fewest...Self.mostPairs).contains(outer.pairs), "outer.pairs",
      "must be at least \(fewest) for the estimator \(outer.estimator.rawValue), at most \(Self.mostPairs)")
    let asynchronous = outer.asynchronous
    try require(
      asynchronous.batch == 0 || (fewest...Self.mostPairs).contains(asynchronous.batch), "outer.asynchronous.batch",
      "must be 0 (as many as outer.pairs) or at least \(fewest) for the estimator \(outer.estimator.rawValue), "
        + "at most \(Self.mostPairs)")
    try count(asynchronous.buffer, "outer.asynchronous.buffer", most: Self.mostPairs)
    try require(
      (0...Self.most).contains(asynchronous.staleness), "outer.asynchronous.staleness",
      "must be 0 (no bound) to \(Self.most)")
    try require(
      outer.objective == .train || outer.loss == .freshBatches, "outer.loss",
      "must be fresh-batches for the validation objective")
    try count(outer.freshBatches, "outer.fresh_batches", most: 1_000)
    try positive(Double(outer.lossClip), "outer.loss_clip")
    try positive(Double(outer.sigma), "outer.sigma")
    try positive(outer.varianceFloor, "outer.variance_floor")
    try positive(outer.learningRate, "outer.learning_rate")
    try positive(outer.epsilon, "outer.epsilon")
    try positive(outer.decay.to, "outer.decay.to")
    try count(outer.decay.over, "outer.decay.over")
    try require((0..<1).contains(outer.average.decay), "outer.average.decay", "must be 0 (off) or below 1")
    try positive(outer.clip.at, "outer.clip.at")
    try require((0..<1).contains(outer.beta1), "outer.beta1", "must be in 0 … 1, 1 excluded")
    try require((0..<1).contains(outer.beta2), "outer.beta2", "must be in 0 … 1, 1 excluded")
    try count(outer.curriculum.from, "outer.curriculum.from")
    try count(outer.curriculum.to, "outer.curriculum.to")
    try count(outer.curriculum.over, "outer.curriculum.over")
    try require((0..<1).contains(outer.curriculum.jitter), "outer.curriculum.jitter", "must be in 0 … 1, 1 excluded")
  }

  private func validateInner(
    _ require: (Bool, String, String) throws -> Void, _ positive: (Double, String) throws -> Void
  ) throws {
    try require((1...65_536).contains(inner.batch), "inner.batch", "must be in 1 … 65536")
    try require(inner.classes == 10, "inner.classes", "must be 10: the problems have 10 outputs")
    try require((1...Self.most).contains(inner.life.from), "inner.life.from", "must be in 1 … \(Self.most)")
    try require(
      inner.life.to >= inner.life.from && inner.life.to <= Self.most, "inner.life.to",
      "must be at least inner.life.from, at most \(Self.most)")
    let optimizer = inner.optimizer
    try require((1...8).contains(optimizer.hiddenLayers), "inner.optimizer.hidden_layers", "must be in 1 … 8")
    try require((2...1_024).contains(optimizer.hiddenUnits), "inner.optimizer.hidden_units", "must be in 2 … 1024")
    try require(
      Set(optimizer.features).count == optimizer.features.count, "inner.optimizer.features",
      "must not name a group twice")
    try require((1...16).contains(optimizer.betas.count), "inner.optimizer.betas", "must be 1 to 16 numbers")
    try require(
      optimizer.betas.allSatisfy { (0..<1).contains($0) }, "inner.optimizer.betas", "must be in 0 … 1, 1 excluded")
    try require(optimizer.timeScales.count <= 64, "inner.optimizer.time_scales", "must be at most 64 numbers")
    try require(
      optimizer.timeScales.allSatisfy { $0 > 0 }, "inner.optimizer.time_scales", "must be above 0")
    try positive(Double(optimizer.lambda1), "inner.optimizer.lambda1")
    try positive(Double(optimizer.lambda2), "inner.optimizer.lambda2")
  }
}
