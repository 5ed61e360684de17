import Engine
import Logging
import Snapshots

extension TrainingRun {
  /// What evaluates θ; nil where nothing does.
  static func evaluation(_ configuration: Configuration, _ tasks: DatasetTasks, threads: Int) throws
    -> OuterEvaluation?
  {
    guard configuration.evaluation.every > 0 else { return nil }
    return try OuterEvaluation(configuration, tasks: tasks, threads: threads)
  }

  /// The best snapshot of a store; a damaged one is as none.
  static func best(_ store: SnapshotStore, _ log: Logger) -> BestSnapshot? {
    do { return try store.best() } catch {
      log.error("refused: \(error)")
      return nil
    }
  }

  /// Keeps θ as the best snapshot where no evaluation of the same kind had a loss as low.
  func keepIfBest(_ loss: Double, of state: LearnerState, by evaluation: OuterEvaluation) throws -> Bool {
    if let best = Self.best(store, log) {
      if best.evaluation != evaluation.identity {
        log.notice("\(best.record.name) was the best of another evaluation: the best begins anew")
      } else if best.record.step == state.outerIteration {
        return best.evaluationLoss == loss
      } else if best.evaluationLoss <= loss {
        return false
      }
    }
    try snapshotIfHigher()
    guard let record = try snapshot(of: state) else {
      log.notice(
        "not kept as the best: it has no snapshot, as there are newer ones from before an older state was restored")
      return false
    }
    try store.setBest(BestSnapshot(record: record, evaluationLoss: loss, evaluation: evaluation.identity))
    return true
  }

  /// The record of the snapshot that holds the θ of the state that was evaluated.
  private func snapshot(of state: LearnerState) throws -> SnapshotRecord? {
    do {
      let kind = state.evaluatedKind
      let (record, data) = try store.read(named: store.name(kind, step: state.outerIteration))
      return try Snapshot(data, name: record.name).theta == state.theta(kind) ? record : nil
    } catch let error as SnapshotError where error.code == .missing || error.code == .damaged {
      return nil
    }
  }
}
