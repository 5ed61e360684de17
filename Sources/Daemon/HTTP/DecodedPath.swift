import Files
import Hummingbird

/// A responder before the router that takes paths for the same that RFC 3986, 6.2.2.2, calls the same: a letter, a digit and
/// `-._~` may be written as `%` and two digits. Nothing else is decoded.
struct DecodedPath<Routes: HTTPResponder>: HTTPResponder {
  typealias Context = Routes.Context
  var routes: Routes

  func respond(to request: Request, context: Context) async throws -> Response {
    guard let path = request.head.path, path.utf8.contains(UInt8(ascii: "%")) else {
      return try await routes.respond(to: request, context: context)
    }
    var head = request.head
    head.path = PercentEncoding.decoded(path)
    return try await routes.respond(to: Request(head: head, body: request.body), context: context)
  }
}

/// The writing of characters as `%` and two hexadecimal digits (RFC 3986, 2.1).
enum PercentEncoding {
  /// Returns a path with the characters decoded that need not be encoded; the query stays as it is.
  static func decoded(_ path: String) -> String {
    let bytes = Array(path.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count, bytes[index] != UInt8(ascii: "?") {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = digit(bytes[index + 1]),
        let low = digit(bytes[index + 2]), isUnreserved(high << 4 | low)
      {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result + bytes[index...], as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool { byte.isLetterOrDigit || "-._~".utf8.contains(byte) }
}
