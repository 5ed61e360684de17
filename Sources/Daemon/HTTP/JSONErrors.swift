import Files
import Foundation
import Hummingbird
import Logging
import Snapshots
import Training

/// A middleware that answers every error as JSON, `{"error": "…"}`: 404 for what is not there, 500 for what does not
/// verify.
struct JSONErrors: RouterMiddleware {
  typealias Context = BasicRequestContext
  var logger: Logger

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as SnapshotError where error.code == .missing {
      return try response(.notFound, "\(request.uri.path): there is no such snapshot")
    } catch let error as HTTPError {
      return try response(
        error.status, "\(request.uri.path): \(error.body ?? error.status.reasonPhrase)", error.headers)
    } catch let error as TrainingError where error.code == .diskNearlyFull {
      logger.error("\(request.uri.path) failed: \(error)")
      return try response(
        .init(code: 507, reasonPhrase: "Insufficient Storage"), "\(request.uri.path): the disk is nearly full")
    } catch {
      // The cause names files of this machine: it is for the log, not for the client.
      logger.error("\(request.uri.path) failed: \(error)")
      return try response(.internalServerError, "\(request.uri.path): it cannot be read; the daemon's log says why")
    }
  }

  private func response(_ status: HTTPResponse.Status, _ message: String, _ headers: HTTPFields = [:]) throws
    -> Response
  {
    var response = try Response.json(["error": message], status: status)
    for header in headers { response.headers[header.name] = header.value }
    return response
  }
}

extension Response {
  /// Returns a value as JSON, indented, that is not to be cached.
  static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
    Response(
      status: status, headers: [.contentType: "application/json", .cacheControl: "no-cache"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: try JSONText.data(value))))
  }

  /// Returns a value as JSON in one line that is not to be cached, its keys in snake case and nil left out.
  static func compactJSON(_ value: some Encodable) throws -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return Response(
      status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-cache"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder.encode(value) + Data("\n".utf8))))
  }
}
