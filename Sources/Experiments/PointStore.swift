public import Foundation
public import Support
import Synchronization

/// The finished points of a figure, a line of JSON each, in a file of their settings: a run that was interrupted, or is
/// asked for again, computes only what is missing. A line that was cut is computed again.
///
/// One process at a time holds the file.
public final class PointStore: Sendable {
  private struct Line<Value: Codable>: Codable {
    var key: String
    /// What it took, in the unit in which progress is counted.
    var cost: Int
    var value: Value
  }

  /// Of a line whose value nobody has asked for yet.
  private struct Head: Decodable {
    var key: String
    var cost: Int
  }

  private struct Contents {
    /// Whole lines by key.
    var lines: [String: Data] = [:]
    var descriptor: Int32
  }

  private let url: URL
  private let contents: Mutex<Contents>
  private let progress: Support.Progress

  /// Opens the file of these settings, and tells `progress` what is in it.
  ///
  /// - Parameters:
  ///   - folder: made where it is missing.
  ///   - figure: the beginning of the file's name.
  ///   - identity: everything on which the points depend.
  public init(folder: URL, figure: String, identity: some Encodable, progress: Support.Progress) throws {
    let identity = try AtomicFile.json(identity)
    try SystemCall.makeFolder(folder.path)
    url = folder.appending(path: "\(figure)-\(Digest.sha256(identity).prefix(12)).jsonl")
    self.progress = progress
    let descriptor = try SystemCall.open(url.path, O_WRONLY | O_CREAT | O_APPEND)
    contents = Mutex(Contents(descriptor: descriptor))
    guard try SystemCall.lock(descriptor, path: url.path) else {
      throw ExperimentsError(.locked, "\(url.path): another process computes the same figure with the same settings")
    }
    let old = try Data(contentsOf: url)
    var known = 0
    var lines: [String: Data] = [:]
    for text in old.split(separator: UInt8(ascii: "\n")) {
      guard let head = try? JSONDecoder().decode(Head.self, from: text) else { continue }
      if lines.updateValue(Data(text), forKey: head.key) == nil { known += head.cost }
    }
    contents.withLock { $0.lines = lines }
    progress.resume(at: known)
    if let last = old.last, last != UInt8(ascii: "\n") {
      try SystemCall.write(descriptor, Data("\n".utf8), path: url.path)
    }
    if old.isEmpty {
      // For the reader: the file's name tells nobody what the settings are.
      let text = String(decoding: identity, as: UTF8.self)
      try SystemCall.write(descriptor, encode(Line(key: "settings", cost: 0, value: text)), path: url.path)
    }
  }

  deinit { contents.withLock { SystemCall.close($0.descriptor) } }

  /// The value of a key: the one that is known, or else that of `compute`, which is kept. From any thread; the same key
  /// from one at a time.
  ///
  /// - Parameters:
  ///   - cost: what computing it takes, in the unit in which progress is counted.
  ///   - note: what progress shows meanwhile.
  public func value<Value: Codable>(
    _ key: String, cost: Int, note: @autoclosure () -> String = "", compute: () throws -> Value
  ) throws -> Value {
    if let line = contents.withLock({ $0.lines[key] }), let known = try? decode(line, as: Value.self) { return known }
    let value = try compute()
    let line = try encode(Line(key: key, cost: cost, value: value))
    try contents.withLock {
      try SystemCall.write($0.descriptor, line, path: url.path)
      $0.lines[key] = line
    }
    progress.advance(by: cost, note: note())
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
    return try encoder.encode(line) + Data("\n".utf8)
  }
}
