import HTTPTypes
import Hummingbird

/// A middleware that answers 405, with the methods that are allowed, where a known path is asked for with another
/// method (RFC 9110, 15.5.6).
struct MethodCheck: RouterMiddleware {
  typealias Context = BasicRequestContext
  /// The methods that each path has. A path is its segments; nil stands for a segment that may be anything.
  private var paths: [[String?]: Set<String>] = [:]

  /// Makes the check for all routes.
  /// - Parameter routes: paths, with `{…}` for a segment that may be anything, and their methods.
  init(_ routes: [(path: String, method: HTTPRequest.Method)]) {
    for (path, method) in routes {
      let segments = path.split(separator: "/").map { $0.hasPrefix("{") ? nil : String($0) }
      // The router makes a HEAD of every GET, and does not name it.
      paths[segments, default: []].formUnion(method == .get ? ["GET", "HEAD"] : [method.rawValue])
    }
  }

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      let allowed = methods(of: request.uri.path)
      guard !allowed.isEmpty, !allowed.contains(request.method.rawValue) else { throw error }
      throw HTTPError(
        .methodNotAllowed, headers: [.allow: allowed.sorted().joined(separator: ", ")],
        message: "it is asked for with \(allowed.sorted().joined(separator: " or "))")
    }
  }

  /// Returns the methods of all routes that a path may lead to.
  private func methods(of path: String) -> Set<String> {
    let segments = path.split(separator: "/").map(String.init)
    return paths.reduce(into: []) { allowed, route in
      let isRoute = route.key.count == segments.count && zip(route.key, segments).allSatisfy { $0 == nil || $0 == $1 }
      if isRoute { allowed.formUnion(route.value) }
    }
  }
}
