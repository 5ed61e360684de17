import Commands
import Engine
import Files
import Foundation
import Settings
import Training

/// What `GET /v1/status` answers.
struct StatusReport: Codable, Equatable {
  var version = toolVersion
  /// When the process began to train: ISO 8601, UTC.
  var started: String
  /// The names of the inner problems, with commas.
  var problem: String
  var estimator: String
  /// Threads that compute.
  var threads: Int
  var paused: Bool
  var outerIteration: Int
  /// Of the last outer-iteration; absent before the first of this process.
  var outerLoss: Double?
  var innerStepsPerSecond: Double?
  /// K of the curriculum.
  var truncation: Double?
  /// The step of the newest snapshot.
  var snapshot: Int?
  /// The step of the best snapshot.
  var best: Int?
  /// Of the last evaluation of the process, and of tuned Adam on the same tasks.
  var evaluationLoss: Double?
  var adamLoss: Double?
  /// What is wrong while training goes on.
  var alarms: [String]
  /// Inner steps of the process, and pairs of which a member diverged.
  var innerSteps: Int
  var diverged: Int

  init(_ training: TrainingRun, started: Date) {
    let status = training.status
    self.started = started.formatted(.iso8601)
    problem = training.problems.joined(separator: ", ")
    estimator = training.configuration.outer.estimator.rawValue
    threads = training.threads
    paused = status.isPaused
    outerIteration = status.outerIteration
    outerLoss = status.outerLoss
    innerStepsPerSecond = status.innerStepsPerSecond
    truncation = status.truncation
    snapshot = status.snapshot
    best = status.best
    evaluationLoss = status.evaluationLoss
    adamLoss = status.adamLoss
    alarms = training.alarms.messages
    innerSteps = status.innerSteps
    diverged = status.diverged
  }
}
