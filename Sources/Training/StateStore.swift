import Files
import Foundation
import Snapshots
import Synchronization

/// The files that a run resumes from, in `STATE/training`: the newest two, numbered in order of writing.
///
/// Several threads may write; what each writes is a state of its own moment, so the order among them does not matter
/// as long as a number is given once.
final class StateStore: Sendable {
  /// Older ones are removed.
  static let kept = 2

  private let files: RecordedFiles
  private let next: Mutex<Int>

  init(creatingIn state: URL) throws {
    files = try RecordedFiles(creating: Self.folder(state), prefix: "training")
    next = Mutex((try files.steps().first ?? 0) + 1)
  }

  /// The newest sound state of a folder that perhaps another process trains with.
  static func newest(in state: URL, refused: (any Error) -> Void) throws -> TrainingState? {
    try newest(of: RecordedFiles(reading: folder(state), prefix: "training"), refused: refused)
  }

  private static func folder(_ state: URL) -> URL { state.appending(path: "training") }

  private static func newest(of files: RecordedFiles, refused: (any Error) -> Void) throws -> TrainingState? {
    try files.newest(refused: refused) { record, data in
      try TrainingState(data, name: files.folder.appending(path: record.name).path)
    }
  }

  /// The newest sound state; `refused` hears of a newer one that is not. Nil where there never was one.
  func restore(refused: (any Error) -> Void) throws -> TrainingState? {
    try Self.restore(files, refused: refused)
  }

  /// The same for a folder that perhaps another process trains with, or that is not there.
  static func restore(in state: URL, refused: (any Error) -> Void) throws -> TrainingState? {
    try restore(RecordedFiles(reading: folder(state), prefix: "training"), refused: refused)
  }

  private static func restore(_ files: RecordedFiles, refused: (any Error) -> Void) throws -> TrainingState? {
    let state = try newest(of: files, refused: refused)
    if state == nil, try !files.steps().isEmpty {
      throw TrainingError(
        .damagedState,
        "\(files.folder.path): no file of the run's state is sound; to go on from θ alone, move the state folder away and "
          + "set start_from to the newest snapshot in it")
    }
    return state
  }

  /// Writes the state of the moment at which it is called, durably; what was written.
  @discardableResult
  func write(_ state: () throws -> TrainingState) throws -> TrainingState {
    try next.withLock { next in
      let state = try state()
      try files.write(state.encoded(), step: next, created: Date())
      next += 1
      try files.keepNewest(Self.kept)
      return state
    }
  }
}
