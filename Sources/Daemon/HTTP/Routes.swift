import DaemonProtocol
import Files
import Foundation
import Hummingbird
import Logging
import Snapshots
import Threads
import Training

/// The routes of the daemon's HTTP interface (Documentation/http.md).
struct Routes: Sendable {
  var training: TrainingRun
  var started: Date
  var requests: RequestCounter
  var logger: Logger

  /// Returns what answers on a listener.
  /// - Parameter access: the requests that the listener admits.
  func responder(_ access: Access) -> DecodedPath<some HTTPResponder<BasicRequestContext>> {
    DecodedPath(routes: router(access).buildResponder())
  }

  private func router(_ access: Access) -> Router<BasicRequestContext> {
    let router = Router(options: .autoGenerateHeadEndpoints)
    router.add(middleware: requests)
    router.add(middleware: JSONErrors(logger: logger))
    router.add(middleware: AccessCheck(access: access))
    let known = Router(options: .autoGenerateHeadEndpoints)
    add(to: known, access)
    router.add(middleware: MethodCheck(known.routes.map { ($0.path.description, $0.method) }))
    add(to: router, access)
    return router
  }

  private func add(to router: Router<BasicRequestContext>, _ access: Access) {
    PageRoutes().add(to: router)
    SnapshotRoutes(store: training.snapshots, isPrivate: access.isByToken, logger: logger).add(to: router)
    router.get(RouterPath(DaemonPath.health)) { _, _ in try Response.json(["status": "ok", "version": toolVersion]) }
    router.get(RouterPath(DaemonPath.readiness)) { request, _ in
      try readiness(isTrusted: access.isTrusted(request))
    }
    router.get(RouterPath(DaemonPath.metrics)) { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-cache"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.text)))
    }
    router.get(RouterPath(DaemonPath.status)) { request, _ in
      try Response.compactJSON(status(isTrusted: access.isTrusted(request)))
    }
    router.get(RouterPath(DaemonPath.history)) { _, _ in try Response.compactJSON(training.history.columns) }
    addControl(to: router)
  }

  private var metrics: Metrics {
    Metrics(
      status(isTrusted: true), snapshotWritten: (try? training.snapshots.latest())?.time, requests: requests)
  }

  private func status(isTrusted: Bool) -> DaemonStatus {
    DaemonStatus(training, started: started, isTrusted: isTrusted)
  }

  /// Answers whether the daemon is ready: whether it has a snapshot that verifies.
  private func readiness(isTrusted: Bool) throws -> Response {
    struct Readiness: Encodable {
      var status: String
      var alarms: [String]
    }
    let isReady = try training.snapshots.latest() != nil
    return try .json(
      Readiness(
        status: isReady ? "ready" : "not ready", alarms: training.alarms.messages(isTrusted: isTrusted)),
      status: isReady ? .ok : .serviceUnavailable)
  }

  private func addControl(to router: Router<BasicRequestContext>) {
    router.post(RouterPath(DaemonPath.pause)) { _, _ in
      training.pause()
      return try Response.json(PauseState(paused: true))
    }
    router.post(RouterPath(DaemonPath.resume)) { _, _ in
      training.resume()
      return try Response.json(PauseState(paused: false))
    }
    router.post(RouterPath(DaemonPath.snapshotNow)) { _, _ in
      try await Response.json(Threads.run(named: "request") { try training.snapshotNow() })
    }
    for isPinned in [true, false] {
      router.post(RouterPath(DaemonPath.pinning("{name}", isPinned))) { _, context in
        let name = try context.parameters.require("name")
        return try await Response.json(Threads.run(named: "request") { try training.setPinned(isPinned, name) })
      }
    }
  }
}
