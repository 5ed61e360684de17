import AsyncHTTPClient
import DaemonProtocol
import Files
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Snapshots

extension DaemonClient {
  /// Downloads a snapshot. The final name exists only once size and SHA-256 are right.
  ///
  /// A download that breaks off goes on from there, now or at the next call.
  /// - Parameter progress: hears how many bytes are there.
  func download(_ record: SnapshotRecord, to target: URL, progress: (Int) -> Void) async throws {
    let partial = try PartialFile(record, for: target)
    do {
      let isResumed = try await fill(partial, record, progress)
      if try partial.finish() { return }
      // The bytes from before, or the place where the new ones join them, may be wrong.
      guard isResumed else { throw wrongBytes(record) }
      try partial.empty()
      _ = try await fill(partial, record, progress)
      guard try partial.finish() else { throw wrongBytes(record) }
    } catch {
      if partial.size == 0 || (error as? SnapshotError)?.code == .damaged { partial.remove() }
      throw error
    }
  }

  private func wrongBytes(_ record: SnapshotRecord) -> SnapshotError {
    SnapshotError(
      .damaged, "\(name(DaemonPath.snapshot(record.name))): what arrived does not have the SHA-256 of its record")
  }

  /// Gets the bytes that are missing; returns true where the file was put together of more than one answer.
  private func fill(_ partial: PartialFile, _ record: SnapshotRecord, _ progress: (Int) -> Void) async throws -> Bool {
    var isResumed = partial.size > 0
    var failures = 0
    // What counts is how far the file has ever come: a server that takes back what it gave makes no progress.
    var furthest = partial.size
    progress(partial.size)
    while partial.size < record.size {
      do {
        try await receive(into: partial, record, progress)
      } catch let failure as TransientFailure {
        failures = partial.size > furthest ? 1 : failures + 1
        furthest = max(furthest, partial.size)
        try await retry.wait(after: failure, failures: failures)
        isResumed = isResumed || partial.size > 0
      }
    }
    return isResumed
  }

  /// Sends one request for the bytes that are missing, and appends what arrives.
  private func receive(into partial: PartialFile, _ record: SnapshotRecord, _ progress: (Int) -> Void) async throws {
    let path = DaemonPath.snapshot(record.name)
    var headers = HTTPHeaders()
    if partial.size > 0 {
      headers.add(name: "Range", value: "bytes=\(partial.size)-")
      headers.add(name: "If-Range", value: "\"\(record.sha256)\"")
    }
    let response = try await response(.GET, path, headers: headers)
    switch response.status {
    case .partialContent:
      let range = response.headers.first(name: "content-range") ?? ""
      guard range == "bytes \(partial.size)-\(record.size - 1)/\(record.size)" else { throw notADaemon(path) }
    case .ok:
      if partial.size > 0 { try partial.empty() }
      let length = response.headers.first(name: "content-length").flatMap { Int($0) }
      guard length ?? record.size == record.size else {
        throw SnapshotError(.damaged, "\(name(path)): has \(length ?? 0) bytes, not the \(record.size) of its record")
      }
    default:
      // The server has another file than the one of which a part is here.
      guard partial.size > 0 else { throw notADaemon(path) }
      return try partial.empty()
    }
    try await reporting(path) {
      for try await piece in response.body {
        guard partial.size + piece.readableBytes <= record.size else {
          throw SnapshotError(.damaged, "\(name(path)): sends more than the \(record.size) bytes of its record")
        }
        try partial.append(Data(buffer: piece))
        progress(partial.size)
      }
    }
    guard partial.size == record.size else {
      throw TransientFailure(
        error: SnapshotError(.server, "\(name(path)): broke off after \(partial.size) of \(record.size) bytes"))
    }
  }
}
