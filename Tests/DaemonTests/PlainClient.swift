import Files
import Foundation

/// A client that sends bytes as they are given and shows what comes back, headers and all: no library of the product's or
/// anybody's is in between.
struct PlainClient {
  enum Address {
    case tcp(port: UInt16)
    case unix(path: String)
  }

  /// The server cannot be spoken to.
  private struct Failure: Error, CustomStringConvertible { let description: String }

  var address: Address
  /// Headers that each request has, for example its token.
  var headers: [String] = []

  /// Sends a request and returns it with its answer as text that can be kept: see ``text(_:_:hides:)``.
  ///
  /// - Parameters:
  ///   - request: a method and a path.
  ///   - more: lines of headers.
  ///   - hides: whether the body, and what depends on it, is left out.
  func exchange(_ request: String, _ more: String..., hides: Bool = false) throws -> String {
    let own = headers + more
    let lines = ["\(request) HTTP/1.1", "Host: localhost", "Connection: close"] + own
    let answer = try send(Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
    return Self.text(([request] + own).map { "> \($0)\n" }.joined(), answer, hides: hides)
  }

  /// The body of an answer.
  func body(_ request: String) throws -> String {
    let lines = ["\(request) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
    let answer = try send(Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
    guard let end = answer.range(of: Data("\r\n\r\n".utf8)) else { return "" }
    return String(decoding: answer[end.upperBound...], as: UTF8.self)
  }

  /// A request and its answer: the status, the headers in the order of their names, a body that is text, or the size and
  /// SHA-256 of one that is not. `Date` is left out; with `hides` so are the body, its length and its tag.
  static func text(_ request: String, _ answer: Data, hides: Bool = false) -> String {
    guard let end = answer.range(of: Data("\r\n\r\n".utf8)) else { return request + "< closed without an answer\n\n" }
    var lines = String(decoding: answer[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    let status = lines.removeFirst().replacing("HTTP/1.1 ", with: "", maxReplacements: 1)
    lines = lines.map { line in
      let name = line.prefix { $0 != ":" }.lowercased()
      let isHidden = name == "date" || hides && ["content-length", "etag"].contains(name)
      return isHidden ? "\(name): …" : name + line.dropFirst(name.count)
    }
    let head = ([status] + lines.sorted()).map { "< \($0)\n" }.joined()
    let body = answer[end.upperBound...]
    if body.isEmpty { return request + head + "\n" }
    if hides { return request + head + "\n…\n\n" }
    guard let text = String(data: body, encoding: .utf8), !text.contains("\0") else {
      return request + head + "\n\(body.count) bytes, SHA-256 \(Digest.sha256(Data(body)))\n\n"
    }
    return request + head + "\n" + text + (text.hasSuffix("\n") ? "\n" : "\n\n")
  }

  /// Sends bytes and returns all that comes back until the server closes the connection.
  func send(_ bytes: Data) throws -> Data {
    let descriptor = try connected()
    defer { close(descriptor) }
    var time = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    let sent = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    guard sent == bytes.count else { throw failure("cannot be sent to") }
    var answer = Data()
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(descriptor, &piece, piece.count, 0)
      if count == 0 { return answer }
      guard count > 0 else { throw failure("does not answer") }
      answer += piece[..<count]
    }
  }

  private func connected() throws -> Int32 {
    let descriptor: Int32
    let result: Int32
    switch address {
    case .tcp(let port):
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var place = sockaddr_in()
      place.sin_family = sa_family_t(AF_INET)
      place.sin_port = port.bigEndian
      place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      result = withUnsafeBytes(of: &place) { Self.connect(descriptor, $0) }
    case .unix(let path):
      descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var place = sockaddr_un()
      place.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &place.sun_path) { $0.copyBytes(from: path.utf8) }
      result = withUnsafeBytes(of: &place) { Self.connect(descriptor, $0) }
    }
    guard result == 0 else {
      close(descriptor)
      throw failure("cannot be reached")
    }
    return descriptor
  }

  private static func connect(_ descriptor: Int32, _ place: UnsafeRawBufferPointer) -> Int32 {
    guard let address = place.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
    return Glibc.connect(descriptor, address, socklen_t(place.count))
  }

  private func failure(_ text: String) -> Failure {
    Failure(description: "\(address) \(text): \(String(cString: strerror(errno)))")
  }
}
