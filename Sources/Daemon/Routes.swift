import Foundation
import Hummingbird
import Logging
import Snapshots
import Support

/// The routes of the daemon: snapshots that verify, and its health.
struct Routes: Sendable {
  var store: SnapshotStore
  var health: @Sendable () -> Health
  var logger: Logger

  func router() -> Router<BasicRequestContext> {
    let router = Router(options: .autoGenerateHeadEndpoints)
    router.add(middleware: JSONErrors(logger: logger))
    router.get("v1/snapshots/latest") { _, _ in try latest() }
    router.get("v1/snapshots/best") { _, _ in try best() }
    router.get("v1/snapshots/{name}") { request, context in
      try file(named: context.parameters.require("name"), request: request)
    }
    router.get("healthz") { _, _ in try json(health()) }
    PageRoutes().add(to: router)
    return router
  }

  private func latest() throws -> Response {
    let record = try store.latest { logger.warning("refused: \($0)") }
    guard let record else { throw SnapshotError(.missing, "no snapshot yet") }
    return try json(record)
  }

  private func best() throws -> Response {
    guard let best = try store.best() else { throw SnapshotError(.missing, "no snapshot was evaluated yet") }
    return try json(best)
  }

  private func file(named name: String, request: Request) throws -> Response {
    let (record, data) = try store.read(named: name)
    let tag = "\"\(record.sha256)\""
    let headers: HTTPFields = [.eTag: tag, .cacheControl: "public, max-age=31536000, immutable"]
    // Compared weakly (RFC 9110, 13.1.2): W/ before a tag does not count.
    let known = request.headers[.ifNoneMatch]?.split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces).replacing(/^W\//, with: "")
    }
    if let known, known.contains(tag) || known.contains("*") {
      return Response(status: .notModified, headers: headers)
    }
    var response = Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    response.headers[.contentType] = "application/octet-stream"
    return response
  }

  private func json(_ value: some Encodable) throws -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-cache"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: try AtomicFile.json(value))))
  }
}

/// Answers every error as JSON, `{"error": "…"}`: 404 for what is not there, 500 for what does not verify.
private struct JSONErrors: RouterMiddleware {
  typealias Context = BasicRequestContext
  var logger: Logger

  func handle(
    _ request: Request, context: BasicRequestContext, next: (Request, BasicRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as SnapshotError where error.code == .missing {
      return try response(.notFound, "\(request.uri.path): there is no such snapshot")
    } catch let error as HTTPError {
      return try response(error.status, "\(request.uri.path): \(error.body ?? error.status.reasonPhrase)")
    } catch {
      // The cause names files of this machine: it is for the log, not for the client.
      logger.error("\(request.uri.path) failed: \(error)")
      return try response(.internalServerError, "\(request.uri.path): it cannot be read; the daemon's log says why")
    }
  }

  private func response(_ status: HTTPResponse.Status, _ message: String) throws -> Response {
    Response(
      status: status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: try AtomicFile.json(["error": message]))))
  }
}
