package import Engine

/// The findings of a suite: for each row the ratios of losses to the best baseline's, and over all rows their means.
package struct SuiteReport: Encodable, Sendable, Equatable {
  /// An optimizer in one row. Where it was run under two schedules it is the better of the two.
  package struct Standing: Encodable, Sendable, Equatable {
    /// The optimizer's name, the raw value of ``Contender/Kind``.
    package var optimizer: String
    /// The schedule of the better runs.
    package var schedule: StepSchedule
    /// The learning rate; nil for the learned optimizer.
    package var learningRate: Float?
    /// The number that multiplied the learned updates; nil for a baseline.
    package var stepScale: Float?
    /// The mean loss, of the kind that baselines were tuned for.
    package var loss: Double
    /// The quotient of the loss and the best baseline's.
    package var ratio: Double
    /// The 95 % interval of the ratio, by bootstrap over the tasks with their initialisations.
    package var ratioInterval: [Double]
    /// The number of runs.
    package var runs: Int
    /// The number of runs that diverged, or ended at a loss that counts as much.
    package var divergedRuns: Int
    /// The steps until the best baseline's training loss is reached; nil where it is not.
    package var stepsToBestBaselineLoss: Int?
    /// The seconds until then; nil where it is not reached.
    package var secondsToBestBaselineLoss: Double?
    /// The mean loss of each task.
    var taskLosses: [Double]

    enum CodingKeys: String, CodingKey {
      case optimizer, schedule, loss, ratio, runs
      case learningRate = "learning_rate"
      case stepScale = "step_scale"
      case ratioInterval = "ratio_interval"
      case divergedRuns = "diverged_runs"
      case stepsToBestBaselineLoss = "steps_to_best_baseline_loss"
      case secondsToBestBaselineLoss = "seconds_to_best_baseline_loss"
    }
  }

  /// One row.
  package struct Row: Encodable, Sendable, Equatable {
    /// The row's name: the problem, the data set, steps and batch.
    package var name: String
    /// The name of the data set.
    package var dataset: String
    /// The SHA-256 of the data set's manifest.
    package var datasetSHA256: String
    /// The plan, by the names of the options.
    package var plan: EvaluationOptions
    /// The ids of each task's classes, in the order of their labels.
    package var tasks: [[String]]
    /// The name of the baseline of the lowest loss.
    package var bestBaseline: String
    /// The optimizers: the learned one, the same with its best step scale, the baselines.
    package var standings: [Standing]
    /// The results as `lopt evaluate` has them.
    package var results: [EvaluationResult]

    enum CodingKeys: String, CodingKey {
      case name, dataset, plan, tasks, standings, results
      case datasetSHA256 = "dataset_sha256"
      case bestBaseline = "best_baseline"
    }
  }

  /// The rows, in the order of the suite.
  package var rows: [Row]
  /// The means over all rows, of the learned optimizer and of the same with its best step scale.
  package var summaries: [Summary]
  /// The shares of rows by ratio, of every optimizer that all rows have.
  package var profiles: [Profile]

  init(_ rows: [Row]) {
    self.rows = rows
    summaries = Self.summaries(of: rows)
    profiles = (rows.first?.standings ?? []).compactMap { Profile($0.optimizer, rows) }
  }
}

extension SuiteReport.Row {
  /// Makes the row of an evaluation's report.
  init(_ row: Suite.Row, datasetSHA256: String, tasks: [[String]], _ report: EvaluationReport) {
    let plan = row.plan
    let found = zip(report.results, report.losses).map {
      (result: $0, losses: $1, mean: $1.reduce(0, +) / Double($1.count))
    }
    let best = found.filter { $0.result.isBaseline }.min { $0.mean < $1.mean }
    var kinds: [String] = []
    for (result, _, _) in found where !kinds.contains(result.optimizer) { kinds.append(result.optimizer) }
    self.init(
      name: row.name, dataset: row.dataset, datasetSHA256: datasetSHA256, plan: EvaluationOptions(plan), tasks: tasks,
      bestBaseline: best?.result.optimizer ?? "",
      standings: kinds.compactMap { kind in
        found.filter { $0.result.optimizer == kind }.min { $0.mean < $1.mean }.map { result, losses, mean in
          SuiteReport.Standing(
            optimizer: kind, schedule: result.schedule, learningRate: result.learningRate, stepScale: result.stepScale,
            loss: mean, ratio: EvaluationPlan.ratio(losses, to: best?.losses ?? losses),
            ratioInterval: result.ratioInterval, runs: losses.count, divergedRuns: result.divergedRuns,
            stepsToBestBaselineLoss: result.stepsToBestBaselineLoss,
            secondsToBestBaselineLoss: result.secondsToBestBaselineLoss, taskLosses: plan.taskMeans(losses))
        }
      },
      results: report.results)
  }

  /// Returns an optimizer of this row; nil where it was not compared.
  package func standing(_ optimizer: String) -> SuiteReport.Standing? { standings.first { $0.optimizer == optimizer } }
}

extension EvaluationResult {
  /// Whether it is that of a baseline, and not of the learned optimizer.
  fileprivate var isBaseline: Bool { Contender.Kind(rawValue: optimizer)?.isLearned == false }
}
