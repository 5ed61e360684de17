package import Files
package import Foundation
import Synchronization

/// The finished points of a figure, a line of JSON each, in a file that their settings name.
///
/// A run that was interrupted, or is asked for again, computes only what is missing. A point whose line was cut is
/// computed again. One process at a time holds the file.
package final class FigureJournal: Sendable {
  private struct Line<Value: Codable>: Codable {
    var key: String
    /// The cost of the point, in the unit in which progress is counted.
    var cost: Int
    var value: Value
  }

  /// The part of a line that is read before anybody asks for its value.
  private struct Head: Decodable {
    var key: String
    var cost: Int
  }

  private let file: JournalFile
  /// The whole lines by key.
  private let lines: Mutex<[String: Data]>
  /// Is told of the cost of every point.
  package let progress: Files.Progress

  /// Opens the file of these settings, and tells `progress` the cost of the points in it.
  ///
  /// - Parameters:
  ///   - folder: the folder of the file, made where it is missing.
  ///   - figure: the beginning of the file's name.
  ///   - identity: everything on which the points depend.
  /// - Throws: ``ExperimentsError`` where another process holds the file.
  package init(folder: URL, figure: String, identity: some Encodable, progress: Files.Progress) throws {
    let identity = try JSONText.data(identity)
    try SystemCall.makeFolder(folder.path)
    file = try JournalFile(Self.url(in: folder, figure: figure, identity: identity))
    self.progress = progress
    guard try file.lock() else {
      throw ExperimentsError(
        .locked, "\(file.url.path): another process computes the same figure with the same settings")
    }
    let old = try file.lines()
    let known = Self.known(old)
    lines = Mutex(known.lines)
    progress.resume(at: known.cost)
    if old.isEmpty {
      // This line is for people: the file's name does not tell the settings.
      let text = String(decoding: identity, as: UTF8.self)
      try file.append(encode(Line(key: "settings", cost: 0, value: text)))
    }
  }

  private static func url(in folder: URL, figure: String, identity: Data) -> URL {
    folder.appending(path: "\(figure)-\(Digest.sha256(identity).prefix(12)).jsonl")
  }

  /// Returns the lines that are points, by key, and their cost together.
  private static func known(_ texts: [Data]) -> (lines: [String: Data], cost: Int) {
    var (lines, cost): ([String: Data], Int) = ([:], 0)
    for text in texts {
      guard let head = try? JSONDecoder().decode(Head.self, from: text) else { continue }
      if lines.updateValue(text, forKey: head.key) == nil { cost += head.cost }
    }
    return (lines, cost)
  }

  /// Returns the cost of the points that are in the file of these settings already; 0 where there is no file.
  package static func costOfKnown(in folder: URL, figure: String, identity: some Encodable) throws -> Int {
    let url = url(in: folder, figure: figure, identity: try JSONText.data(identity))
    guard FileManager.default.fileExists(atPath: url.path) else { return 0 }
    return known(try JournalFile(url).lines()).cost
  }

  /// A folder of the same settings for what computing points leaves besides them; it is not made yet.
  package var workspace: URL { file.url.deletingPathExtension() }

  /// Returns the value of a key: the one that is known, or else that of `compute`, which is kept.
  ///
  /// Any thread may call it, but one at a time for the same key.
  /// - Parameters:
  ///   - cost: the cost of computing it, in the unit in which progress is counted.
  ///   - note: what progress shows meanwhile.
  ///   - isTold: whether `compute` tells progress of the cost itself, piece by piece.
  /// - Throws: what `compute` throws, or `FileError` where the file cannot be written.
  package func value<Value: Codable>(
    _ key: String, cost: Int, note: @autoclosure () -> String = "", isTold: Bool = false,
    compute: () throws -> Value
  ) throws -> Value {
    if let line = lines.withLock({ $0[key] }), let known = try? decode(line, as: Value.self) { return known }
    let value = try compute()
    let line = try encode(Line(key: key, cost: cost, value: value))
    try lines.withLock {
      try file.append(line)
      $0[key] = line
    }
    if !isTold { progress.advance(by: cost, note: note()) }
    return value
  }

  private static let infinities = (positive: "inf", negative: "-inf", nan: "nan")

  private func decode<Value: Codable>(_ line: Data, as: Value.Type) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: Self.infinities.positive, negativeInfinity: Self.infinities.negative, nan: Self.infinities.nan)
    return try decoder.decode(Line<Value>.self, from: line).value
  }

  private func encode(_ line: Line<some Codable>) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: Self.infinities.positive, negativeInfinity: Self.infinities.negative, nan: Self.infinities.nan)
    return try encoder.encode(line)
  }
}
