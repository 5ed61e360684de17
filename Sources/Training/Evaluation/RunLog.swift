import Foundation
import Support
import Synchronization

/// The finished runs of an evaluation, a line of JSON each, in the user's cache folder: an interrupted evaluation of
/// the same arguments goes on from them. A line that was cut is run again.
final class RunLog: Sendable {
  struct Key: Codable, Hashable, Sendable {
    var contender: Contender
    var task: Int
    var initialisation: Int
  }

  private struct Line: Codable {
    var key: Key
    var outcome: RunOutcome
  }

  private struct Contents {
    var outcomes: [Key: RunOutcome] = [:]
    var descriptor: Int32
  }

  private let url: URL
  private let contents: Mutex<Contents>

  /// - Parameter identity: everything on which the runs depend.
  init(folder: URL, identity: some Encodable) throws {
    try SystemCall.makeFolder(folder.path)
    url = folder.appending(path: Digest.sha256(try AtomicFile.json(identity)) + ".jsonl")
    let old = (try? Data(contentsOf: url)) ?? Data()
    var outcomes: [Key: RunOutcome] = [:]
    for text in old.split(separator: UInt8(ascii: "\n")) {
      guard let line = try? JSONDecoder().decode(Line.self, from: text) else { continue }
      outcomes[line.key] = line.outcome
    }
    let descriptor = try SystemCall.open(url.path, O_WRONLY | O_CREAT | O_APPEND)
    if let last = old.last, last != UInt8(ascii: "\n") {
      try SystemCall.write(descriptor, Data("\n".utf8), path: url.path)
    }
    contents = Mutex(Contents(outcomes: outcomes, descriptor: descriptor))
  }

  deinit { contents.withLock { SystemCall.close($0.descriptor) } }

  subscript(key: Key) -> RunOutcome? { contents.withLock { $0.outcomes[key] } }

  func append(_ outcome: RunOutcome, for key: Key) throws {
    var line = try JSONEncoder().encode(Line(key: key, outcome: outcome))
    line.append(UInt8(ascii: "\n"))
    try contents.withLock {
      try SystemCall.write($0.descriptor, line, path: url.path)
      $0.outcomes[key] = outcome
    }
  }

  /// The evaluation is done.
  func remove() { try? FileManager.default.removeItem(at: url) }
}
