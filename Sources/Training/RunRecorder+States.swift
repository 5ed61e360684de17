import Engine
import Files
import Foundation
import Logging
import Settings
import Snapshots
import Synchronization
import Tasks

/// The writing of states and snapshots, and what a run does where it fails.
extension RunRecorder {
  /// Writes a file, and raises an alarm where that fails instead of ending the run.
  ///
  /// The disk may have room again by the next time. If it has not, the end of the run is an error.
  func alarming(about kind: Alarms.Kind, _ write: () throws -> Void) {
    do {
      try write()
      if alarms.clear(kind) { console.notice("the \(kind.rawValue) is written again") }
    } catch {
      // For a disk that is nearly full, the guard has raised an alarm already. A row fails with every outer-iteration,
      // so the same words are logged once.
      let isNew = (error as? TrainingError)?.code == .diskNearlyFull || alarms.raise(kind, error)
      if isNew { console.error("the \(kind.rawValue) could not be written: \(error)") }
    }
  }

  /// Writes where the disk is not nearly full: what is left of it is for the state at the end of the run.
  /// - Throws: ``TrainingError`` where it is.
  func unlessDiskIsNearlyFull(_ write: () throws -> Void) throws {
    let least = settings.withLock { $0.freeMib }
    let free = try SystemCall.freeBytes(configuration.state) >> 20
    guard free >= least else {
      let sentence =
        "the disk is nearly full: \(free) MiB are free, and snapshot.free_mib is \(least); make room: training goes on, "
        + "and is lost from the last state on if it is killed"
      let error = TrainingError(.diskNearlyFull, configuration.state, sentence)
      alarms.raise(.disk, "\(error)", forStrangers: sentence)
      throw error
    }
    alarms.clear(.disk)
    try write()
  }

  /// Writes the state, and snapshots of its θ where there are none of its step yet.
  func snapshotIfHigher() throws { try snapshotIfHigher(of: writeState()) }

  /// Writes snapshots of the θ of a state that is written, where there are none of its step yet.
  func snapshotIfHigher(of state: LearnerState) throws {
    try writing.withLock { _ in
      try writeSnapshots(of: state)
      let settings = settings.withLock { $0 }
      try snapshots.retain(SnapshotRetention(newest: settings.keep, interval: settings.keepEverySeconds))
    }
  }

  /// Writes the state durably, after the rows of the log up to it.
  /// - Returns: the state that was written.
  /// - Throws: `SnapshotError` where the folder is another one by now, `FileError` where it cannot be written.
  @discardableResult
  func writeState() throws -> LearnerState {
    try lock.check()
    return try states.write {
      let state = try loggedState()
      try log.sync()
      return TrainingState(learner: state, configuration: configuration, tasks: tasks.descriptions)
    }.learner
  }

  /// Returns the learner's state, once its outer-iteration has its row in the log.
  private func loggedState() throws -> LearnerState {
    while true {
      let state = learner.currentState()
      if try log.outerIteration() >= state.outerIteration { return state }
      // θ was stepped a moment ago, and the thread that trains is writing the row.
      Thread.sleep(forTimeInterval: 0.001)
    }
  }

  /// Writes the snapshots of a state whose steps are above all before. So names that were given out are not used again
  /// after a fallback to an older state.
  private func writeSnapshots(of state: LearnerState) throws {
    let step = state.outerIteration
    // The average is written first, so that a reader who sees a θ finds its average.
    let kinds: [SnapshotKind] = state.average.isEmpty ? [.theta] : [.average, .theta]
    for kind in kinds where try snapshots.highestStep(of: kind) ?? -1 < step {
      let metadata = SnapshotMetadata(
        configuration, problems: learner.problems.map(\.name), digests: digests, outerIteration: step,
        isAverage: kind == .average, instructionSet: learner.kernels.title)
      let record = try snapshots.write(Snapshot(theta: state.theta(kind), metadata: metadata))
      guard kind == .theta else { continue }
      let status = currentStatus.withLock { status in
        status.snapshot = record.step
        return status
      }
      console.info("snapshot \(record.name), outer-loss \(status.outerLoss?.lossText ?? "not yet known")")
    }
  }

  /// Pins a snapshot, so that it is kept, or unpins it.
  func setPinned(_ isPinned: Bool, _ name: String) throws -> ListedSnapshot {
    try writing.withLock { _ in try snapshots.setPinned(isPinned, name) }
  }
}
