import Hummingbird
import Synchronization

/// A middleware that counts requests by the status of their answers.
final class RequestCounter: RouterMiddleware {
  typealias Context = BasicRequestContext

  private let codes = Mutex<[Int: Int]>([:])

  var counts: [Int: Int] { codes.withLock { $0 } }

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let response = try await next(request, context)
    codes.withLock { $0[response.status.code, default: 0] += 1 }
    return response
  }
}
