import DaemonProtocol
import Hummingbird
import Settings

/// The requests that a listener admits.
enum Access: Sendable {
  /// Admits everything: over a Unix socket the permissions of its file decide.
  case everything
  /// Admits requests that only read, for hosts that the rule admits: TCP without a token.
  case reading(HostRule)
  /// Admits what the tokens are for: TCP with a token. Without one, it admits the questions whether the daemon lives and the
  /// page's own files, which say nothing about the training.
  case tokens(AccessTokens)

  private static let health: Set = [DaemonPath.health, DaemonPath.readiness]

  var isByToken: Bool { if case .tokens = self { true } else { false } }

  /// Returns whether who sends a request may know where this machine keeps its files. Who may only read need not.
  func isTrusted(_ request: Request) -> Bool {
    switch self {
    case .everything: true
    case .reading: false
    case .tokens(let tokens): tokens.control?.admits(request) == true
    }
  }

  /// Checks a request.
  /// - Throws: `HTTPError` where it is not admitted.
  func check(_ request: Request) throws {
    switch self {
    case .everything: break
    case .reading(let rule):
      guard rule.admits(request.head.authority) else {
        throw HTTPError(
          .misdirectedRequest,
          message:
            "this host is not answered for over TCP without a token: use the daemon's address or localhost, or name "
            + "the host in http.host_names")
      }
      guard request.method != .post else {
        throw HTTPError(
          .forbidden, message: "over TCP this needs http.token_file to be configured; use the Unix socket")
      }
    case .tokens(let tokens):
      let isOpen = PageRoutes.paths.contains(request.uri.path) || Self.health.contains(request.uri.path)
      if !isOpen { try tokens.check(request) }
    }
  }
}

/// The tokens that a listener knows; at least one.
struct AccessTokens: Sendable {
  /// The token for everything; nil where none is configured.
  var control: BearerToken?
  /// The token for reading; nil where none is configured.
  var reading: BearerToken?

  /// Takes tokens, which must differ.
  /// - Throws: ``ConfigurationError`` where both are the same: who reads could control then.
  init(control: BearerToken?, reading: BearerToken?) throws {
    if let control, let reading, control.isEqual(to: reading) {
      throw ConfigurationError(\.http.readTokenFile, "holds the same token as http.token_file; make another one")
    }
    (self.control, self.reading) = (control, reading)
  }

  /// Reads the files of the tokens again.
  /// - Throws: ``ConfigurationError`` where one is not what it should be.
  func renewals() throws -> [Renewal] {
    let new = try AccessTokens(control: control?.reread(), reading: reading?.reread())
    return [(control, new.control), (reading, new.reading)].compactMap { old, new in
      if let old, let new { old.renewal(by: new) } else { nil }
    }
  }

  /// Checks that a request brings a token that is for it.
  /// - Throws: `HTTPError` where it does not.
  func check(_ request: Request) throws {
    if control?.admits(request) == true { return }
    guard reading?.admits(request) == true else {
      throw HTTPError(
        .unauthorized, headers: [.wwwAuthenticate: "Bearer realm=\"lopt-daemon\""],
        message: "send the token: Authorization: Bearer TOKEN")
    }
    guard request.method == .get || request.method == .head else {
      throw HTTPError(
        .forbidden, message: "this token is for reading only; send that of http.token_file, or use the Unix socket")
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
