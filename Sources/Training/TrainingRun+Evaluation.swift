import Engine
import Evaluation
import Files
import Foundation
import Logging
import Settings
import Shards
import Tasks
import Threads

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
    recorder.record(
      evaluation.scored(losses, against: adam), adam: adam, of: state, by: evaluation, started: started)
  }

  /// Returns the loss of tuned Adam on the tasks of the evaluation, which is computed once and remembered in the state
  /// folder; nil where the run was stopped or paused before it was known.
  private func baseline(of evaluation: OuterEvaluation) -> BaselineLoss? {
    if let known = recorder.baseline(of: evaluation) { return known }
    console.info("training the tasks of the evaluation with Adam, once, to compare with")
    guard let found = evaluation.tunedAdam(stop: control.interruption) else { return nil }
    recorder.keep(found)
    console.info(
      evaluation.suite == nil
        ? "Adam comes to a loss of \(found.loss.lossText) with the learning rate \(found.learningRate.rateText)"
        : "Adam is tuned for each row; what θ comes to is divided by its losses")
    return found
  }

  /// Tells the console what problems have of their own, in place of the settings of all.
  func sayWhatIsOfAProblem() {
    for choice in tasks.choices {
      let own = [
        choice.life.map { "lives of \($0.lowerBound) to \($0.upperBound) inner steps" },
        choice.batch.map { "minibatches of \($0) images" },
        choice.reference.map { "outer-gradients divided by the loss \($0.lossText)" },
      ].compactMap { $0 }.joined(separator: ", ")
      guard !own.isEmpty else { continue }
      console.info("\(problems[choice.problem]) on \(choice.dataset.folder.lastPathComponent): \(own)")
    }
  }

  /// Tells the console where evaluations are not of all problems, or not of classes apart.
  func sayWhatIsEvaluated() {
    guard let evaluation else { return }
    if let suite = evaluation.suite {
      let names = evaluation.problems.joined(separator: ", ")
      return console.info("evaluations are by the suite \(suite): \(names)")
    }
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
  ///
  /// - Parameters:
  ///   - verification: checks the data sets of a suite.
  ///   - opening: is told the share of these that was read.
  static func evaluation(
    _ configuration: Configuration, _ tasks: DatasetTaskDistribution, threads: Int, kernels: Kernels,
    verification: ShardVerification = .userCache, stop: StopFlag = StopFlag(), opening: (Double) -> Void = { _ in }
  ) throws -> OuterEvaluation? {
    guard configuration.evaluation.every > 0 else { return nil }
    guard let path = configuration.evaluation.suite else {
      return try OuterEvaluation(configuration, tasks: tasks, threads: threads, kernels: kernels)
    }
    let suite = try Suite(at: URL(filePath: path))
    let folders = configuration.evaluation.datasets ?? [:]
    if let missing = suite.datasets.first(where: { folders[$0] == nil }) {
      throw ConfigurationError(
        \.evaluation.datasets,
        "no folder for \(missing); \(path) needs \(suite.datasets.joined(separator: ", "))")
    }
    if let unknown = folders.keys.sorted().first(where: { !suite.datasets.contains($0) }) {
      throw ConfigurationError(
        \.evaluation.datasets,
        "\(unknown.printable()) is no data set of \(path), which needs \(suite.datasets.joined(separator: ", "))")
    }
    let opened = try open(
      suite.datasets.compactMap { folders[$0] }, of: \.evaluation.datasets, verification: verification, stop: stop,
      opening: opening)
    return try OuterEvaluation(
      suite, datasets: Dictionary(uniqueKeysWithValues: zip(suite.datasets, opened)), configuration,
      counter: tasks.counter, threads: threads, kernels: kernels)
  }
}
