import DaemonProtocol
import Files
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOPosix
import Snapshots
import Synchronization

/// The routes to the list of snapshots and to their files, which are verified before they are sent.
struct SnapshotRoutes: Sendable {
  var store: SnapshotStore
  /// Whether files are for clients with a token only, so that no cache on the way may keep them for others.
  var isPrivate: Bool
  var logger: Logger
  private let refused = SaidOnce()
  /// The size of a piece of a file in bytes.
  private static let pieceBytes = 64 << 10
  /// The number of pieces that are written before the event loops must have taken notice of them.
  private static let mostUnseen = 4

  init(store: SnapshotStore, isPrivate: Bool, logger: Logger) {
    self.store = store
    self.isPrivate = isPrivate
    self.logger = logger
  }

  func add(to router: Router<BasicRequestContext>) {
    router.get(RouterPath(DaemonPath.snapshots)) { _, _ in
      try Response.json(SnapshotList(snapshots: store.list()))
    }
    router.get(RouterPath(DaemonPath.snapshot("latest"))) { _, _ in try latest(.theta) }
    router.get(RouterPath(DaemonPath.snapshot("latest-average"))) { _, _ in try latest(.average) }
    router.get(RouterPath(DaemonPath.snapshot("best"))) { _, _ in try best() }
    router.get(RouterPath(DaemonPath.snapshot("best-average"))) { _, _ in try averageOfBest() }
    router.get(RouterPath(DaemonPath.snapshot("{name}"))) { request, context in
      try file(named: context.parameters.require("name"), request: request)
    }
  }

  private func latest(_ kind: SnapshotKind) throws -> Response {
    let record = try store.latest(kind) { refusal in refused.say("\(refusal)") { logger.warning("refused: \(refusal)") }
    }
    guard let record else { throw SnapshotError(.missing, "no snapshot yet") }
    return try .json(record)
  }

  private func best() throws -> Response {
    guard let best = try store.best() else { throw SnapshotError(.missing, "no snapshot was evaluated yet") }
    return try .json(best)
  }

  private func averageOfBest() throws -> Response {
    guard let record = try store.averageOfBest() else {
      throw SnapshotError(.missing, "no average was evaluated yet")
    }
    return try .json(record)
  }

  private func file(named name: String, request: Request) throws -> Response {
    let file = try store.open(named: name)
    let (record, tag, size) = (file.record, "\"\(file.record.sha256)\"", file.record.size)
    try request.requireMatch(tag)
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
    switch ByteRange(wanted, size: size) {
    case .whole:
      return Response(status: .ok, headers: headers, body: Self.body(file, 0..<size))
    case .part(let range):
      headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
      return Response(status: .partialContent, headers: headers, body: Self.body(file, range))
    case .unsatisfiable:
      throw HTTPError(
        .rangeNotSatisfiable, headers: [.contentRange: "bytes */\(size)"], message: "no such part of the file")
    }
  }

  /// Returns the body with a part of a file. It is read piece by piece as the client takes it, so that clients who take
  /// their time cost no more than a piece each.
  private static func body(_ file: OpenSnapshot, _ range: Range<Int>) -> ResponseBody {
    ResponseBody(contentLength: range.count) { writer in
      var rest = range
      var unseen = 0
      while !rest.isEmpty {
        let piece = try file.bytes(rest.prefix(pieceBytes))
        try await writer.write(ByteBuffer(bytes: piece))
        rest = rest.dropFirst(piece.count)
        unseen += 1
        guard unseen == mostUnseen else { continue }
        try await waitForLoops()
        unseen = 0
      }
      try await writer.finish(nil)
    }
  }
}

/// Waits until the event loops have done what was asked of them so far.
///
/// A writer waits where its channel has enough, but it learns of that from the channel's loop. While the loops are behind, as
/// where training takes all cores, a whole file would be written into memory.
private func waitForLoops() async throws {
  for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() { try await loop.submit {}.get() }
}

/// A guard against repeated log lines: each text is logged once, however many requests bring it about.
private final class SaidOnce: Sendable {
  private let said = Mutex<Set<String>>([])

  func say(_ text: String, _ body: () -> Void) {
    if said.withLock({ $0.insert(text).inserted }) { body() }
  }
}

extension HTTPField.Name {
  /// The header field with the record of the snapshot in an answer, as one line of JSON.
  static let loptRecord = HTTPField.Name(DaemonPath.recordField)!
}
