import Files
import Foundation
import Synchronization

/// The finished runs of an evaluation, a line of JSON each, in the user's cache folder.
///
/// An interrupted evaluation of the same arguments goes on from them. A run whose line was cut is done again. Where the
/// folder cannot be written, or its disk is full, an evaluation can do with the runs that are in memory.
final class EvaluationJournal: Sendable {
  /// The identity of a run in an evaluation.
  struct Key: Codable, Hashable, Sendable {
    var contender: Contender
    var task: Int
    var initialisation: Int
  }

  private struct Line: Codable {
    var key: Key
    var outcome: RunOutcome
  }

  private struct Runs: Sendable {
    var outcomes: [Key: RunOutcome] = [:]
    /// The file; nil where it could not be opened.
    var file: JournalFile?
    /// Whether the file takes no more, so that the rest is in memory only.
    var isFull = false
  }

  private let runs: Mutex<Runs>
  private let lost: (@Sendable (FileError) -> Void)?

  /// Opens the journal, or makes an empty one.
  ///
  /// - Parameters:
  ///   - identity: everything on which the runs depend; its digest is the file's name.
  ///   - lost: hears, once, why finished runs can no longer be kept in the file; nil where that is an error.
  init(folder: URL, identity: some Encodable, lost: (@Sendable (FileError) -> Void)? = nil) throws {
    self.lost = lost
    let name = Digest.sha256(try JSONText.data(identity)) + ".jsonl"
    var opened = Runs()
    do { opened = try Self.runs(in: folder, name) } catch let error as FileError {
      guard let lost else { throw error }
      lost(error)
    }
    runs = Mutex(opened)
  }

  private static func runs(in folder: URL, _ name: String) throws -> Runs {
    try SystemCall.makeFolder(folder.path)
    let file = try JournalFile(folder.appending(path: name))
    var runs = Runs(file: file)
    for text in try file.lines() {
      guard let line = try? JSONDecoder().decode(Line.self, from: text) else { continue }
      runs.outcomes[line.key] = line.outcome
    }
    return runs
  }

  /// Returns the outcome of a run; nil where it is not finished.
  subscript(key: Key) -> RunOutcome? { runs.withLock { $0.outcomes[key] } }

  /// Adds a finished run.
  /// - Throws: `FileError` where it cannot be kept in the file, unless somebody hears of that.
  func append(_ outcome: RunOutcome, for key: Key) throws {
    let line = try JSONEncoder().encode(Line(key: key, outcome: outcome))
    try runs.withLock { runs in
      do {
        if !runs.isFull { try runs.file?.append(line) }
      } catch let error as FileError {
        guard let lost else { throw error }
        runs.isFull = true
        lost(error)
      }
      runs.outcomes[key] = outcome
    }
  }

  /// Removes the file, once the evaluation is done.
  func remove() {
    guard let url = runs.withLock({ $0.file?.url }) else { return }
    try? FileManager.default.removeItem(at: url)
  }
}
