package import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A server of HTTP that answers as a test says, and remembers what it was asked.
package final class ScriptedServer: Sendable {
  /// What a client sent.
  package struct Request: Sendable, Equatable {
    /// The method in capitals, such as `GET`.
    package var method: String
    /// The path, with a query if there was one.
    package var path: String
    fileprivate var headers: [String: String]

    /// A header by its name in lower case.
    package subscript(header: String) -> String? { headers[header] }
  }

  /// What a client gets.
  package struct Answer: Sendable {
    /// The status code.
    package var status: Int
    /// Fields of the head besides the length.
    package var headers: [String: String]
    /// The body, which a `HEAD` request does not get.
    package var body: Data
    /// Bytes of the body after which the connection breaks off; nil for never.
    package var breaksAfter: Int?

    /// An answer, which is whole unless `breaksAfter` says where it ends.
    package init(_ status: Int, headers: [String: String] = [:], _ body: Data = Data(), breaksAfter: Int? = nil) {
      self.status = status
      self.headers = headers
      self.body = body
      self.breaksAfter = breaksAfter
    }
  }

  private struct BrokenOff: Error {}

  /// `http://127.0.0.1:PORT`, or `unix:PATH`.
  package let address: String
  private let log: RequestLog

  private final class RequestLog: Sendable {
    let requests = Mutex<[Request]>([])
  }

  /// All requests so far.
  package var requests: [Request] { log.requests.withLock { $0 } }

  private init(address: String, log: RequestLog) {
    self.address = address
    self.log = log
  }

  /// Runs `body` with a server on a free port, or on a Unix socket.
  package static func with(
    socket: String? = nil, _ answer: @escaping @Sendable (Request) throws -> Answer,
    _ body: @Sendable (ScriptedServer) async throws -> Void
  ) async throws {
    let log = RequestLog()
    let (ports, whenListening) = AsyncStream.makeStream(of: Int.self)
    let application = Application(
      responder: CallbackResponder<BasicRequestContext> { request, _ in
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        let asked = Request(method: request.method.rawValue, path: request.uri.path, headers: headers)
        log.requests.withLock { $0.append(asked) }
        return try response(answer(asked), isHead: request.method == .head)
      },
      configuration: ApplicationConfiguration(
        address: socket.map { .unixDomainSocket(path: $0) } ?? .hostname("127.0.0.1", port: 0)),
      onServerRunning: { channel in whenListening.yield(channel.localAddress?.port ?? 0) },
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await application.run() }
      for await port in ports {
        let address = socket.map { "unix:\($0)" } ?? "http://127.0.0.1:\(port)"
        try await body(ScriptedServer(address: address, log: log))
        break
      }
      group.cancelAll()
    }
  }

  private static func response(_ answer: Answer, isHead: Bool) -> Response {
    var headers = HTTPFields()
    for (name, value) in answer.headers { if let name = HTTPField.Name(name) { headers[name] = value } }
    let status = HTTPResponse.Status(code: answer.status)
    if isHead { return Response(status: status, headers: headers) }
    let (data, end) = (answer.body, answer.breaksAfter)
    let body = ResponseBody(contentLength: data.count) { writer in
      try await writer.write(ByteBuffer(bytes: data.prefix(end ?? data.count)))
      if end != nil {
        // What was sent shall arrive.
        try await Task.sleep(for: .milliseconds(50))
        throw BrokenOff()
      }
      try await writer.finish(nil)
    }
    return Response(status: status, headers: headers, body: body)
  }
}
