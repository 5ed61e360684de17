import Engine
import Evaluation
import Files
import Foundation
import Logging
import Settings
import Snapshots
import Synchronization
import Tasks

/// The evaluations of a run, and the best snapshot by them.
extension TrainingRun {
  /// Evaluates θ where that is due at this outer-iteration and its row not yet in the log: a process that goes on at
  /// one may have been stopped before that.
  func evaluateIfDue() throws {
    let state = learner.currentState()
    let step = state.outerIteration
    guard let evaluation, step > 0, step.isMultiple(of: configuration.evaluation.every), log.evaluated != step else {
      return
    }
    // The cores are for the evaluation; what asynchronous workers were about is done again.
    learner.endThreads()
    guard let adam = try adamLoss(evaluation) else { return }
    let started = ContinuousClock.now
    guard let loss = evaluation.loss(of: state.theta(state.evaluatedKind), stop: control.interruption) else { return }
    var isBest = false
    alarming(about: .snapshot) { isBest = try keepIfBest(loss, of: state, by: evaluation) }
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    let row = EvaluationRow(
      outerIteration: step, time: Date(), loss: loss, adamLoss: adam.loss, best: isBest, seconds: seconds)
    alarming(about: .log) { try log.append(.evaluation(row)) }
    history.append(.evaluation(row))
    currentStatus.withLock { status in
      status.evaluationLoss = loss
      if isBest { status.best = step }
    }
    console.info("evaluation at outer-iteration \(step): loss \(loss)\(isBest ? ", the best so far" : "")")
  }

  /// What tuned Adam comes to on the tasks of the evaluation: computed once, and remembered in the state folder. Nil
  /// where stopped or paused before it was known.
  private func adamLoss(_ evaluation: OuterEvaluation) throws -> BaselineLoss? {
    let file = configuration.stateFolder.appending(path: "adam.json")
    if let known = BaselineLoss(contentsOf: file), known.evaluation == evaluation.identity {
      currentStatus.withLock { $0.adamLoss = known.loss }
      return known
    }
    console.info("training the tasks of the evaluation with Adam, once, to compare with")
    guard let found = evaluation.tunedAdam(stop: control.interruption) else { return nil }
    alarming(about: .state) { try AtomicFile.writeJSON(found, to: file) }
    currentStatus.withLock { $0.adamLoss = found.loss }
    console.info("Adam comes to a loss of \(found.loss) with the learning rate \(found.learningRate)")
    return found
  }

  /// What evaluates θ; nil where nothing does.
  static func evaluation(
    _ configuration: Configuration, _ tasks: DatasetTaskDistribution, threads: Int, kernels: Kernels
  ) throws -> OuterEvaluation? {
    guard configuration.evaluation.every > 0 else { return nil }
    return try OuterEvaluation(configuration, tasks: tasks, threads: threads, kernels: kernels)
  }

  /// The best snapshot of a store; a damaged one is as none.
  static func best(_ store: SnapshotStore, _ console: Logger) -> BestSnapshot? {
    do { return try store.best() } catch {
      console.error("refused: \(error)")
      return nil
    }
  }

  /// Keeps θ as the best snapshot where no evaluation of the same kind had a loss as low.
  func keepIfBest(_ loss: Double, of state: LearnerState, by evaluation: OuterEvaluation) throws -> Bool {
    if let best = Self.best(snapshots, console) {
      if best.evaluation != evaluation.identity {
        console.notice("\(best.record.name) was the best of another evaluation: the best begins anew")
      } else if best.record.step == state.outerIteration {
        return best.evaluationLoss == loss
      } else if best.evaluationLoss <= loss {
        return false
      }
    }
    try snapshotIfHigher()
    guard let record = try snapshot(of: state) else {
      console.notice(
        "not kept as the best: it has no snapshot, as there are newer ones from before an older state was restored")
      return false
    }
    try snapshots.setBest(BestSnapshot(record: record, evaluationLoss: loss, evaluation: evaluation.identity))
    return true
  }

  /// The record of the snapshot that holds the θ of the state that was evaluated.
  private func snapshot(of state: LearnerState) throws -> SnapshotRecord? {
    do {
      let kind = state.evaluatedKind
      let (record, data) = try snapshots.read(named: snapshots.name(kind, step: state.outerIteration))
      return try Snapshot(data, name: record.name).theta == state.theta(kind) ? record : nil
    } catch let error as SnapshotError where error.code == .missing || error.code == .damaged {
      return nil
    }
  }
}
