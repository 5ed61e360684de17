import Engine

extension ConfigurationKey {
  /// The keys of the evaluation of θ while training.
  static let evaluation = [
    ConfigurationKey(
      "evaluation.every", \.evaluation.every,
      "Outer-iterations between two evaluations of θ ([below](#evaluation-while-training)); 0: none.",
      .must("be 0 (never) to \(Rule<Int>.most)", (0...Rule<Int>.most).contains)),
    ConfigurationKey(
      "evaluation.tasks", \.evaluation.tasks, "Tasks that an evaluation trains.",
      .range(Configuration.Evaluation.tasksRange)),
    ConfigurationKey(
      "evaluation.initialisations", \.evaluation.initialisations, "How often it trains each task.",
      .range(Configuration.Evaluation.initialisationsRange),
      .must("make at most \(Configuration.Evaluation.mostTrainings) trainings with evaluation.tasks") { value, all in
        all.evaluation.tasks <= Configuration.Evaluation.mostTrainings / value
      }),
    ConfigurationKey(
      "evaluation.steps", \.evaluation.steps, "Inner steps of each training; 0: `inner.life.to`.",
      .must("be 0 (inner.life.to) to \(Configuration.Evaluation.stepsRange.upperBound)") {
        $0 == 0 || Configuration.Evaluation.stepsRange.contains($0)
      },
      .fault { value, all in
        let most = Configuration.Evaluation.stepsRange.upperBound
        guard all.evaluation.every > 0, value == 0 else { return nil }
        let lives =
          [("inner.life.to", all.inner.life.to)]
          + all.problem.enumerated().map { ("problem[\($0)].life.to", $1.life?.to ?? 0) }
        return lives.first { $0.1 > most }
          .map { Fault("is 0, which stands for \($0), \($1): set it to at most \(most)") }
      }),
    ConfigurationKey(
      "evaluation.suite", \.evaluation.suite,
      "The file of a suite, on whose rows θ is evaluated in place of the run's own problems.",
      more: "`evaluation.tasks`, `.initialisations` and `.steps` are the rows' own then ([below](#best-by-a-suite)).",
      absence: "none", as: .path),
    ConfigurationKey(
      "evaluation.datasets", \.evaluation.datasets, "The folder of each data set that the suite names.",
      more: "An object: `{\"glyphs16\": \"/data/glyphs16\"}`.", absence: "none", as: .folders,
      .must("stand beside evaluation.suite") { $0 == nil || $1.evaluation.suite != nil }),
  ]

  /// The keys of the writing and keeping of states and snapshots.
  static let snapshot = [
    ConfigurationKey(
      "snapshot.every_seconds", \.snapshot.everySeconds,
      "Seconds between two writings of the state, and between two snapshots.", changed: .live, .seconds),
    ConfigurationKey(
      "snapshot.keep", \.snapshot.keep, "The newest snapshots that are kept, of θ and of its average.", changed: .live,
      .range(1...Rule<Int>.most)),
    ConfigurationKey(
      "snapshot.keep_every_seconds", \.snapshot.keepEverySeconds,
      "Of each stretch of so many seconds the first snapshot is kept for good.", changed: .live, .seconds),
    ConfigurationKey(
      "snapshot.free_mib", \.snapshot.freeMib,
      "MiB of the disk that stay free.",
      more: """
        Where less is free neither states nor snapshots are written, but for the state at the end; training goes on and \
        an alarm says so.
        """,
      changed: .live, .range(0...Rule<Int>.most)),
    ConfigurationKey(
      "snapshot.signing_key_file", \.snapshot.signingKeyFile, "The key that records are signed with.",
      more: "`lopt key generate` makes one.", absence: "none", as: .path),
  ]
}
