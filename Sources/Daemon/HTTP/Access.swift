import DaemonProtocol
import Hummingbird

/// The requests that a listener admits.
enum Access: Sendable {
  /// Admits everything: over a Unix socket the permissions of its file decide.
  case everything
  /// Admits requests that only read: TCP without a token.
  case reading
  /// Admits everything with the token: TCP with a token. Without it, it admits the questions whether the daemon lives
  /// and the page's own files, which say nothing about the training.
  case token(BearerToken)

  private static let health: Set = [DaemonPath.health, DaemonPath.readiness]

  var isByToken: Bool { if case .token = self { true } else { false } }

  /// Returns whether who sends a request may know where this machine keeps its files.
  func isTrusted(_ request: Request) -> Bool {
    switch self {
    case .everything: true
    case .reading: false
    case .token(let token): token.admits(request)
    }
  }

  /// Checks a request.
  /// - Throws: `HTTPError` where it is not admitted.
  func check(_ request: Request) throws {
    switch self {
    case .everything: break
    case .reading:
      guard request.method != .post else {
        throw HTTPError(
          .forbidden, message: "over TCP this needs http.token_file to be configured; use the Unix socket")
      }
    case .token(let token):
      let isOpen = PageRoutes.paths.contains(request.uri.path) || Self.health.contains(request.uri.path)
      guard isOpen || token.admits(request) else {
        throw HTTPError(
          .unauthorized, headers: [.wwwAuthenticate: "Bearer realm=\"lopt-daemon\""],
          message: "send the token: Authorization: Bearer TOKEN")
      }
    }
  }
}

/// A check of ``Access`` before every route.
struct AccessCheck: RouterMiddleware {
  typealias Context = BasicRequestContext
  var access: Access

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    try access.check(request)
    return try await next(request, context)
  }
}
