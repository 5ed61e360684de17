import Support
import Training

/// What `GET /healthz` answers.
struct Health: Codable, Equatable {
  /// `ok` as long as the process answers.
  var status = "ok"
  var version = toolVersion
  var outerIteration: Int
  /// Of the last outer-iteration; absent before the first of this process.
  var outerLoss: Double?
  var innerStepsPerSecond: Double?
  /// The step of the newest snapshot.
  var snapshot: Int?
  /// Of the last evaluation of the process.
  var evaluationLoss: Double?
  /// The step of the best snapshot.
  var best: Int?

  enum CodingKeys: String, CodingKey {
    case status, version, snapshot, best
    case evaluationLoss = "evaluation_loss"
    case outerIteration = "outer_iteration"
    case outerLoss = "outer_loss"
    case innerStepsPerSecond = "inner_steps_per_second"
  }
}

extension Health {
  init(_ status: TrainingRun.Status) {
    self.init(
      outerIteration: status.outerIteration, outerLoss: status.outerLoss,
      innerStepsPerSecond: status.innerStepsPerSecond, snapshot: status.snapshot,
      evaluationLoss: status.evaluationLoss, best: status.best)
  }
}
