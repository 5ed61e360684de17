import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Support

/// The daemon's HTTP interface, as its client sees it. Nothing that it answers is believed unchecked.
struct SnapshotServer: Sendable {
  /// What a file must be when it has arrived.
  struct Expectation: Equatable {
    var name: String
    var sha256: String
    var size: Int
  }

  /// No snapshot of ours is near this.
  private static let largestFile = 1 << 30
  private static let largestRecord = 64 << 10
  /// For a record or a header; a file has ten times this.
  private static let patience = TimeAmount.seconds(30)

  private let base: String
  private let client: HTTPClient

  /// Runs `body` with the server at an address, for example `http://127.0.0.1:8417`; no connection outlives it.
  static func with<Result>(base: String, _ body: (SnapshotServer) async throws -> Result) async throws -> Result {
    var configuration = HTTPClient.Configuration()
    // Where nobody listens, say so at once.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.timeout.connect = patience
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let server = SnapshotServer(base: base.hasSuffix("/") ? String(base.dropLast()) : base, client: client)
    do {
      let result = try await body(server)
      try await client.shutdown()
      return result
    } catch {
      try? await client.shutdown()
      throw error
    }
  }

  /// What the newest snapshot, or the best one, must be.
  func expectation(of alias: SnapshotFetcher.Alias) async throws -> Expectation {
    let url = "\(base)/v1/snapshots/\(alias.rawValue)"
    let body = try await reporting(url) {
      try await response(url).body.collect(upTo: Self.largestRecord)
    }
    guard let record = try? JSONDecoder().decode(SnapshotRecord.self, from: Data(buffer: body)) else {
      throw SnapshotError(
        .server, "\(url): the answer is not a snapshot's record; is it lopt-daemon that listens there?")
    }
    return try checked(Expectation(name: record.name, sha256: record.sha256, size: record.size), url)
  }

  /// What the snapshot of a name must be.
  func expectation(named name: String) async throws -> Expectation {
    let url = "\(base)/v1/snapshots/\(name)"
    let headers = try await reporting(url) { try await response(url, method: .HEAD).headers }
    let digest = headers.first(name: "etag")?.trimmingCharacters(in: ["\""]) ?? ""
    let size = headers.first(name: "content-length").flatMap { Int($0) } ?? -1
    return try checked(Expectation(name: name, sha256: digest, size: size), url)
  }

  private func checked(_ expected: Expectation, _ url: String) throws -> Expectation {
    let isDigest = expected.sha256.utf8.count == 64 && expected.sha256.allSatisfy(\.isHexDigit)
    guard SnapshotRecord.isSnapshotName(expected.name), isDigest, 0...Self.largestFile ~= expected.size else {
      throw SnapshotError(
        .server, "\(url): the answer does not describe a snapshot; is it lopt-daemon that listens there?")
    }
    return expected
  }

  /// Downloads a file to a temporary name; the final name exists only once size and SHA-256 are right.
  func download(_ expected: Expectation, to target: URL) async throws {
    let url = "\(base)/v1/snapshots/\(expected.name)"
    let partial = AtomicFile.temporary(for: target)
    let descriptor = try SystemCall.open(partial.path, O_WRONLY | O_CREAT | O_EXCL)
    do {
      defer { SystemCall.close(descriptor) }
      try await reporting(url) {
        var size = 0
        for try await piece in try await response(url, timeout: Self.patience * 10).body {
          size += piece.readableBytes
          guard size <= expected.size else { break }
          try SystemCall.write(descriptor, Data(buffer: piece), path: partial.path)
        }
        guard size == expected.size else {
          throw SnapshotError(.damaged, "\(url): sent \(size) bytes or more, not the \(expected.size) of its record")
        }
      }
      try SystemCall.sync(descriptor, path: partial.path)
      guard try Digest.sha256(fileAt: partial) == expected.sha256 else {
        throw SnapshotError(
          .damaged, "\(url): the file that arrived does not have the SHA-256 of its record; try again")
      }
      try SystemCall.rename(partial.path, to: target.path)
      try SystemCall.syncFolder(target.deletingLastPathComponent().path)
    } catch {
      try? FileManager.default.removeItem(at: partial)
      throw error
    }
  }

  /// A successful answer's head, with the body still to come.
  private func response(
    _ url: String, method: HTTPMethod = .GET, timeout: TimeAmount = patience
  ) async throws -> HTTPClientResponse {
    var request = HTTPClientRequest(url: url)
    request.method = method
    let response = try await client.execute(request, timeout: timeout)
    switch response.status {
    case .ok: return response
    case .notFound: throw SnapshotError(.missing, "\(url): the server has no such snapshot")
    default: throw SnapshotError(.server, "\(url): the server answers \(response.status)")
    }
  }

  /// Runs a request; an error of the connection becomes one that names the address.
  private func reporting<Result>(_ url: String, _ request: () async throws -> Result) async throws -> Result {
    do {
      return try await request()
    } catch let error as any ReportedError {
      throw error
    } catch {
      throw SnapshotError(.server, "\(url): cannot be reached, or broke off: \(error); is lopt-daemon running there?")
    }
  }
}
