import Files
import Foundation
import Snapshots
import Synchronization

/// The files that a run resumes from, in its ``StateFolder/states``: the newest two, numbered in order of writing.
///
/// Several threads may write; what each writes is a state of its own moment, so the order among them does not matter as
/// long as a number is given once.
final class StateStore: Sendable {
  /// The number of states that are kept; older ones are removed.
  static let kept = 2

  private let files: RecordedFiles
  private let writing = Mutex(())

  /// Opens the store of a state folder for the process that trains, and removes what a stopped one left half-written.
  init(creatingIn folder: StateFolder) throws {
    files = try RecordedFiles(creating: folder.states, prefix: "training")
  }

  /// Opens the store of a folder that perhaps another process trains with, or that is not there, for reading.
  init(readingFrom folder: StateFolder) {
    files = RecordedFiles(reading: folder.states, prefix: "training")
  }

  /// Returns the newest sound state; nil where there is none.
  ///
  /// - Parameter refused: hears of each newer state that is not sound.
  func newest(refused: (any Error) -> Void) throws -> TrainingState? {
    try files.newest(refused: refused) { record, data in
      try TrainingState(data, name: files.folder.appending(path: record.name).path)
    }
  }

  /// Returns the newest sound state, to go on from; nil where there never was one.
  ///
  /// - Parameter refused: hears of each newer state that is not sound.
  /// - Throws: ``TrainingError`` where there are states and none is sound: what was trained must not be lost unasked.
  func restore(refused: (any Error) -> Void) throws -> TrainingState? {
    let state = try newest(refused: refused)
    if state == nil, try !files.steps().isEmpty {
      throw TrainingError(
        .damagedState,
        "\(files.folder.path): no file of the run's state is sound; to go on from θ alone, move the state folder away and "
          + "set start_from to the newest snapshot in it that lopt verify finds sound")
    }
    return state
  }

  /// Writes the state of the moment at which it is called, durably, and returns it.
  @discardableResult
  func write(_ state: () throws -> TrainingState) throws -> TrainingState {
    try writing.withLock { _ in
      let state = try state()
      // The newest is never removed, so its number was the last one given.
      try files.write(state.encoded(), step: (files.steps().first ?? 0) + 1, created: Date())
      try files.keepNewest(Self.kept)
      return state
    }
  }
}
