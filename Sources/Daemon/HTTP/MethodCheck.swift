import HTTPTypes
import Hummingbird

/// Answers a path that is known, asked for with another method than it has, with 405 and those (RFC 9110, 15.5.6).
struct MethodCheck: RouterMiddleware {
  typealias Context = BasicRequestContext
  /// The segments of each path, nil for one that may be anything, with the methods that it has.
  private var paths: [[String?]: Set<String>] = [:]

  /// - Parameter routes: paths, with `{…}` for a segment that may be anything, and methods.
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

  /// Those of all routes that a path may lead to.
  private func methods(of path: String) -> Set<String> {
    let segments = path.split(separator: "/").map(String.init)
    return paths.reduce(into: []) { allowed, route in
      let isRoute = route.key.count == segments.count && zip(route.key, segments).allSatisfy { $0 == nil || $0 == $1 }
      if isRoute { allowed.formUnion(route.value) }
    }
  }
}
