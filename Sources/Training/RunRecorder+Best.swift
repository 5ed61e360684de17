import Engine
import Files
import Logging
import Shards
import Snapshots

/// The choice of the best snapshot: that of the lowest evaluation.
extension RunRecorder {
  /// Returns the best snapshot of a store; nil where there is none or it is damaged.
  static func best(_ store: SnapshotStore, _ console: Logger) -> BestSnapshot? {
    do { return try store.best() } catch {
      console.error("refused: \(error)")
      return nil
    }
  }

  /// Keeps θ as the best snapshot where no evaluation of the same kind had a loss as low.
  ///
  /// - Returns: whether it is the best now.
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
    try snapshots.setBest(
      BestSnapshot(
        record: record, evaluationLoss: loss, evaluation: evaluation.identity,
        evaluationSplit: evaluation.split.rawValue))
    return true
  }

  /// Returns the record of the snapshot that holds the θ of the evaluated state; nil where there is none.
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
