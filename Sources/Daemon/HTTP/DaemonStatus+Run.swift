import DaemonProtocol
import Engine
import Files
import Foundation
import Settings
import Training

extension DaemonStatus {
  /// Makes the answer about a run from its status.
  ///
  /// - Parameters:
  ///   - started: the time at which the process began to train.
  ///   - isTrusted: whether who asks may know this machine's paths, which alarms may name.
  init(_ training: TrainingRun, started: Date, isTrusted: Bool) {
    let status = training.status
    self.init(
      version: toolVersion, started: started.formatted(.iso8601),
      problem: training.problems.joined(separator: ", "),
      estimator: training.configuration.outer.estimator.rawValue, threads: training.threads, paused: status.isPaused,
      outerIteration: status.outerIteration, outerLoss: status.outerLoss,
      innerStepsPerSecond: status.innerStepsPerSecond, truncation: status.truncation, snapshot: status.snapshot,
      best: status.best, evaluationLoss: status.evaluationLoss,
      evaluationSplit: status.evaluationSplit, evaluationSuite: status.evaluationSuite, adamLoss: status.adamLoss,
      alarms: training.alarms.messages(isTrusted: isTrusted),
      innerSteps: status.innerSteps, diverged: status.diverged,
      problems: status.problems.isEmpty
        ? nil
        : status.problems.map {
          Problem(name: $0.name, outerLoss: $0.outerLoss, evaluationLoss: $0.evaluationLoss, adamLoss: $0.adamLoss)
        })
  }
}
