import DaemonProtocol
import Files
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Snapshots
import Synchronization

/// The routes to the list of snapshots and to their files, which are verified before they are sent.
struct SnapshotRoutes: Sendable {
  var store: SnapshotStore
  /// Whether files are for clients with a token only, so that no cache on the way may keep them for others.
  var isPrivate: Bool
  var logger: Logger
  private let refused = SaidOnce()

  init(store: SnapshotStore, isPrivate: Bool, logger: Logger) {
    self.store = store
    self.isPrivate = isPrivate
    self.logger = logger
  }

  func add(to router: Router<BasicRequestContext>) {
    router.get(RouterPath(DaemonPath.snapshots)) { _, _ in
      try Response.json(SnapshotList(snapshots: store.list()))
    }
    router.get(RouterPath(DaemonPath.snapshot("latest"))) { _, _ in try latest() }
    router.get(RouterPath(DaemonPath.snapshot("best"))) { _, _ in try best() }
    router.get(RouterPath(DaemonPath.snapshot("{name}"))) { request, context in
      try file(named: context.parameters.require("name"), request: request)
    }
  }

  private func latest() throws -> Response {
    let record = try store.latest { refusal in refused.say("\(refusal)") { logger.warning("refused: \(refusal)") } }
    guard let record else { throw SnapshotError(.missing, "no snapshot yet") }
    return try .json(record)
  }

  private func best() throws -> Response {
    guard let best = try store.best() else { throw SnapshotError(.missing, "no snapshot was evaluated yet") }
    return try .json(best)
  }

  private func file(named name: String, request: Request) throws -> Response {
    let (record, data) = try store.read(named: name)
    let tag = "\"\(record.sha256)\""
    var headers: HTTPFields = [
      .eTag: tag, .cacheControl: "\(isPrivate ? "private" : "public"), max-age=31536000, immutable",
      .acceptRanges: "bytes",
      .loptRecord: try record.line(),
    ]
    if request.knows(tag) { return Response(status: .notModified, headers: headers) }
    headers[.contentType] = "application/octet-stream"
    // A client that has a part of another file gets all of this one (13.1.5). Only GET has parts (14.2).
    let isWanted = request.method == .get && request.headers[.ifRange].map { $0 == tag } ?? true
    let wanted = isWanted ? request.headers[.range] : nil
    switch ByteRange(wanted, size: data.count) {
    case .whole:
      return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    case .part(let range):
      headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(data.count)"
      return Response(
        status: .partialContent, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: data[range])))
    case .unsatisfiable:
      throw HTTPError(
        .rangeNotSatisfiable, headers: [.contentRange: "bytes */\(data.count)"], message: "no such part of the file")
    }
  }
}

/// A guard against repeated log lines: each text is logged once, however many requests bring it about.
private final class SaidOnce: Sendable {
  private let said = Mutex<Set<String>>([])

  func say(_ text: String, _ body: () -> Void) {
    if said.withLock({ $0.insert(text).inserted }) { body() }
  }
}

extension Request {
  /// Returns whether the client has the bytes of a tag. Tags are compared weakly (RFC 9110, 13.1.2): `W/` before one
  /// does not count.
  func knows(_ tag: String) -> Bool {
    let known = headers[.ifNoneMatch]?.split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces).replacing(/^W\//, with: "")
    }
    return known?.contains { $0 == tag || $0 == "*" } ?? false
  }
}

extension HTTPField.Name {
  /// The header field with the record of the snapshot in an answer, as one line of JSON.
  static let loptRecord = HTTPField.Name(DaemonPath.recordField)!
}
