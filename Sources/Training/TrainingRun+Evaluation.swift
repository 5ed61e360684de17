import Engine
import Evaluation
import Files
import Foundation
import Logging
import Settings
import Shards
import Tasks

/// The evaluations of a run.
extension TrainingRun {
  /// Evaluates θ where that is due at this outer-iteration and the log does not have its row yet. A process that goes
  /// on at such an outer-iteration may have been stopped before the row was written.
  func evaluateIfDue() throws {
    let state = learner.currentState()
    let step = state.outerIteration
    guard let evaluation, step > 0, step.isMultiple(of: configuration.evaluation.every), recorder.evaluated != step
    else { return }
    // The cores are for the evaluation; what asynchronous workers were about is done again.
    learner.endThreads()
    guard let adam = baseline(of: evaluation) else { return }
    let started = ContinuousClock.now
    guard let losses = evaluation.losses(of: state.theta(state.evaluatedKind), stop: control.interruption) else {
      return
    }
    recorder.record(losses, adam: adam, of: state, by: evaluation, started: started)
  }

  /// Returns the loss of tuned Adam on the tasks of the evaluation, which is computed once and remembered in the state
  /// folder; nil where the run was stopped or paused before it was known.
  private func baseline(of evaluation: OuterEvaluation) -> BaselineLoss? {
    if let known = recorder.baseline(of: evaluation) { return known }
    console.info("training the tasks of the evaluation with Adam, once, to compare with")
    guard let found = evaluation.tunedAdam(stop: control.interruption) else { return nil }
    recorder.keep(found)
    console.info("Adam comes to a loss of \(found.loss.lossText) with the learning rate \(found.learningRate.rateText)")
    return found
  }

  /// Tells the console where evaluations are not of all problems, or not of classes apart.
  func sayWhatIsEvaluated() {
    guard let evaluation else { return }
    let others = problems.filter { !evaluation.problems.contains($0) }.joined(separator: ", ")
    if !others.isEmpty {
      console.notice(
        """
        evaluations are without \(others): their data sets have no classes of the split \(evaluation.split.rawValue), or \
        there are fewer tasks than problems (evaluation.tasks)
        """)
    }
    if evaluation.split == .train {
      console.notice(
        """
        no data set has \(configuration.inner.classes) classes of the split outer-validation: evaluations are on \
        \(evaluation.split.tasks)
        """)
    }
  }

  /// Returns the evaluation of a configuration; nil where it asks for none.
  static func evaluation(
    _ configuration: Configuration, _ tasks: DatasetTaskDistribution, threads: Int, kernels: Kernels
  ) throws -> OuterEvaluation? {
    guard configuration.evaluation.every > 0 else { return nil }
    return try OuterEvaluation(configuration, tasks: tasks, threads: threads, kernels: kernels)
  }
}
