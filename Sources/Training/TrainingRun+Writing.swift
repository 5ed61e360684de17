import Engine
import Files
import Foundation
import Logging
import Settings
import Snapshots
import Synchronization
import Tasks

/// States and snapshots: when they are written, and what is done where they cannot be.
extension TrainingRun {
  /// Goes on where a file cannot be written: the disk may have room again by the next time, and if it does not, the end
  /// of the run is an error. Meanwhile an alarm tells.
  func alarming(about kind: Alarms.Kind, _ write: () throws -> Void) {
    do {
      try write()
      if alarms.clear(kind) { console.notice("the \(kind.rawValue) is written again") }
    } catch {
      // Of a disk that is nearly full the guard has raised an alarm. A row fails with every outer-iteration: the same
      // words stand in the log once.
      let isNew = (error as? TrainingError)?.code == .diskNearlyFull || alarms.raise(kind, "\(error)")
      if isNew { console.error("the \(kind.rawValue) could not be written: \(error)") }
    }
  }

  /// Throws where the disk is nearly full: what is left is for the state at the end of the run.
  func unlessDiskIsNearlyFull(_ write: () throws -> Void) throws {
    let least = snapshotSettings.withLock { $0.freeMib }
    let free = try SystemCall.freeBytes(configuration.state) >> 20
    guard free >= least else {
      let error = TrainingError(
        .diskNearlyFull,
        "\(configuration.state): the disk is nearly full: \(free) MiB are free, and snapshot.free_mib is \(least); make "
          + "room: training goes on, and is lost from the last state on if it is killed")
      alarms.raise(.disk, "\(error)")
      throw error
    }
    alarms.clear(.disk)
    try write()
  }

  /// Writes the state, and snapshots of the same θ where there are none of its step.
  func snapshotIfHigher() throws { try snapshotIfHigher(of: writeState()) }

  /// Writes snapshots of the θ of a state that is written, where there are none of its step.
  func snapshotIfHigher(of state: LearnerState) throws {
    try writing.withLock { _ in
      try writeSnapshots(of: state)
      let settings = snapshotSettings.withLock { $0 }
      try snapshots.retain(SnapshotRetention(newest: settings.keep, interval: settings.keepEverySeconds))
    }
  }

  /// What was written.
  @discardableResult
  func writeState() throws -> LearnerState {
    try states.write {
      let state = try loggedState()
      try log.sync()
      return TrainingState(learner: state, configuration: configuration, tasks: tasks.descriptions)
    }.learner
  }

  /// The learner's state, once its outer-iteration has its row.
  private func loggedState() throws -> LearnerState {
    while true {
      let state = learner.currentState()
      if try log.outerIteration() >= state.outerIteration { return state }
      // θ was stepped a moment ago, and the thread that trains is writing the row.
      Thread.sleep(forTimeInterval: 0.001)
    }
  }

  /// After a fallback to an older state, names that were given out before are not used again.
  private func writeSnapshots(of state: LearnerState) throws {
    let step = state.outerIteration
    // Who sees a θ finds its average.
    let kinds: [SnapshotKind] = state.average.isEmpty ? [.theta] : [.average, .theta]
    for kind in kinds where try snapshots.highestStep(of: kind) ?? -1 < step {
      let metadata = SnapshotMetadata(
        configuration, problems: learner.problems.map(\.name), digests: digests, outerIteration: step,
        isAverage: kind == .average)
      let record = try snapshots.write(Snapshot(theta: state.theta(kind), metadata: metadata))
      guard kind == .theta else { continue }
      currentStatus.withLock { $0.snapshot = record.step }
      console.info("snapshot \(record.name), outer-loss \(status.outerLoss.map { String($0) } ?? "not yet known")")
    }
  }
}
