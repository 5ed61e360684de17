import Files
import Foundation
import Synchronization

/// The finished runs of an evaluation, a line of JSON each, in the user's cache folder.
///
/// An interrupted evaluation of the same arguments goes on from them. A run whose line was cut is done again.
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

  private let file: JournalFile
  private let outcomes: Mutex<[Key: RunOutcome]>

  /// Opens the journal, or makes an empty one.
  /// - Parameter identity: everything on which the runs depend; its digest is the file's name.
  init(folder: URL, identity: some Encodable) throws {
    try SystemCall.makeFolder(folder.path)
    file = try JournalFile(folder.appending(path: Digest.sha256(try JSONText.data(identity)) + ".jsonl"))
    var outcomes: [Key: RunOutcome] = [:]
    for text in try file.lines() {
      guard let line = try? JSONDecoder().decode(Line.self, from: text) else { continue }
      outcomes[line.key] = line.outcome
    }
    self.outcomes = Mutex(outcomes)
  }

  /// Returns the outcome of a run; nil where it is not finished.
  subscript(key: Key) -> RunOutcome? { outcomes.withLock { $0[key] } }

  /// Adds a finished run.
  func append(_ outcome: RunOutcome, for key: Key) throws {
    let line = try JSONEncoder().encode(Line(key: key, outcome: outcome))
    try outcomes.withLock {
      try file.append(line)
      $0[key] = outcome
    }
  }

  /// Removes the file, once the evaluation is done.
  func remove() { try? FileManager.default.removeItem(at: file.url) }
}
