import Files
import Foundation
import ScriptedServer
import Snapshots

@testable import DaemonClient

/// Answers as lopt-daemon does, from snapshots in memory; a test changes what it does not like.
struct ScriptedDaemon: Sendable {
  var snapshots: [SnapshotRecord] = []
  var files: [String: Data] = [:]

  /// A snapshot of `size` bytes, whose content is of no matter to who fetches it.
  static func file(step: Int, size: Int = 100_000) -> Data {
    Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* (step + 7) / 3) })
  }

  static func record(step: Int, _ data: Data, created: String = "2026-01-01T00:00:00Z") -> SnapshotRecord {
    let digits = String(step)
    return SnapshotRecord(
      name: "theta-\(String(repeating: "0", count: 9 - digits.count))\(digits).safetensors", step: step,
      sha256: Digest.sha256(data), size: data.count, created: created)
  }

  /// A daemon that has snapshots of these steps.
  init(_ steps: Int..., signedBy key: SigningKey? = nil) throws {
    for step in steps {
      let data = Self.file(step: step)
      let record = Self.record(step: step, data)
      snapshots.append(try key?.signed(record) ?? record)
      files[record.name] = data
    }
  }

  /// The newest.
  var latest: SnapshotRecord { snapshots[snapshots.count - 1] }
  /// The bytes of the newest.
  var latestFile: Data { files[latest.name] ?? Data() }

  func answer(_ request: ScriptedServer.Request) throws -> ScriptedServer.Answer {
    let word = String(request.path.dropFirst("/v1/snapshots/".count))
    if word == "latest" || word == "best" { return .init(200, try JSONText.data(latest)) }
    guard let record = snapshots.first(where: { $0.name == word }), let data = files[word] else {
      return .init(404, Data(#"{"error": "there is no such snapshot"}"#.utf8))
    }
    var headers = [
      "etag": "\"\(record.sha256)\"", "lopt-record": String(decoding: try JSONEncoder().encode(record), as: UTF8.self),
    ]
    if let range = request["range"]?.firstMatch(of: /^bytes=(\d+)-$/), let start = Int(range.output.1),
      request["if-range"] == headers["etag"]
    {
      headers["content-range"] = "bytes \(start)-\(data.count - 1)/\(data.count)"
      return .init(206, headers: headers, data[start...])
    }
    return .init(200, headers: headers, data)
  }
}

extension SnapshotFetcher.Options {
  /// Nothing of the user's, and no pauses.
  static func quick(retries: Int = 0, trust: SnapshotTrust = SnapshotTrust()) -> Self {
    var options = SnapshotFetcher.Options()
    options.retry = RetryPolicy(retries: retries, first: .milliseconds(1), longest: .milliseconds(5))
    options.trust = trust
    options.interval = .milliseconds(1)
    return options
  }
}

/// Fetches from an address as it is written on a command line.
func fetch(
  _ name: String = "latest", from address: String, into folder: URL, _ options: SnapshotFetcher.Options = .quick(),
  access: DaemonAccess? = nil
) async throws -> FetchedSnapshot {
  guard let parsed = DaemonAddress(address) else { throw SnapshotError(.server, "\(address) is no address") }
  return try await SnapshotFetcher(from: parsed, access: access ?? DaemonAccess(), options: options)
    .fetch(name, into: folder)
}

/// The names of the files in a folder.
func names(_ folder: URL) throws -> Set<String> {
  Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
}
