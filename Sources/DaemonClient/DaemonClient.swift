import AsyncHTTPClient
import DaemonProtocol
import Files
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOSSL
import Snapshots
import Synchronization

/// A client of the daemon's HTTP interface (Documentation/http.md), which believes no answer unchecked.
public struct DaemonClient: Sendable {
  /// The largest answer in bytes that is read, but for files.
  private static let largestAnswer = 16 << 20
  /// The longest wait for a connection, for an answer's head, and between two pieces of its body.
  private static let patience = TimeAmount.seconds(60)

  private let address: DaemonAddress
  /// Whether the address is that of the socket in a state folder, which is what the user named.
  private let isOfState: Bool
  private let access: DaemonAccess
  /// The rule by which requests are sent again.
  let retry: RetryPolicy
  private let client: HTTPClient
  private let contact = Contact()

  /// What is known of the server so far.
  private final class Contact: Sendable {
    /// Whether the server has answered. A server that did and then refuses connections is being started again.
    let hasAnswered = Atomic(false)
  }

  /// Runs `body` with a client of the daemon at an address, and closes its connections after that.
  /// - Throws: `SnapshotError` where the certificate authority's file cannot be used, or what `body` throws.
  public static func with<Result>(
    _ address: DaemonAddress, access: DaemonAccess, retry: RetryPolicy = .never,
    _ body: (DaemonClient) async throws -> Result
  ) async throws -> Result {
    var configuration = HTTPClient.Configuration()
    // This type reports failures, or tries again.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.timeout.connect = patience
    configuration.timeout.read = patience
    // A token must go to no server but the one that was named.
    configuration.redirectConfiguration = .disallow
    // The daemon speaks nothing else, and so there is one place at which the server's identity is checked.
    configuration.httpVersion = .http1Only
    configuration.tlsConfiguration = try tls(access.certificateAuthority)
    let isOfState = if case .state = address { true } else { false }
    let address = address.served
    if let (host, _) = address.endpoint {
      configuration.http1_1ConnectionDebugInitializer = { ServerIdentity(host: host).check($0) }
    }
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    do {
      let result = try await body(
        DaemonClient(address: address, isOfState: isOfState, access: access, retry: retry, client: client))
      try await client.shutdown()
      return result
    } catch {
      try? await client.shutdown()
      throw error
    }
  }

  /// Returns the settings of TLS.
  /// - Parameter authority: the file of certificates that take the place of the system's; nil for the system's.
  /// - Throws: `SnapshotError` where the file holds no certificate, `FileError` where it cannot be read.
  static func tls(_ authority: URL?) throws -> TLSConfiguration {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    tls.cipherSuites = TLSPolicy.cipherSuites
    guard let authority else { return tls }
    do {
      let certificates = try NIOSSLCertificate.fromPEMBytes(
        Array(FileReading.data(authority, atMost: FileReading.mostOfText)))
      guard !certificates.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
      tls.trustRoots = .certificates(certificates)
    } catch is NIOSSLError {
      throw SnapshotError(.damaged, "\(authority.path): holds no certificate in PEM")
    }
    return tls
  }

  /// Returns the name that errors give to a path of the daemon.
  func name(_ path: String) -> String {
    if case .socket = address { "\(address) \(path)" } else { "\(address)\(path)" }
  }

  /// Sends a request and returns an answer of status 200, 206 or 416, its body still to come.
  /// - Throws: ``TransientFailure`` where the failure may pass, otherwise `SnapshotError`.
  func response(
    _ method: HTTPMethod, _ path: String, headers: HTTPHeaders = [:]
  ) async throws -> HTTPClientResponse {
    guard let url = address.url(path) else {
      throw SnapshotError(.server, "\(address): is not the address of a daemon: http://HOST:PORT or unix:PATH")
    }
    var request = HTTPClientRequest(url: url)
    request.method = method
    request.headers = headers
    request.headers.add(name: "User-Agent", value: "lopt/\(toolVersion)")
    // A Unix socket has no host, but every request of HTTP/1.1 names one (RFC 9112, 3.2).
    if case .socket = address { request.headers.replaceOrAdd(name: "Host", value: "localhost") }
    if let token = access.token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
    let prepared = request
    let response = try await reporting(path) { try await client.execute(prepared, timeout: Self.patience) }
    contact.hasAnswered.store(true, ordering: .relaxed)
    switch response.status {
    case .ok, .partialContent, .rangeNotSatisfiable: return response
    default: throw await refusal(response, path)
    }
  }

  /// Sends a request, again where it fails, and returns the body of the answer.
  func body(_ method: HTTPMethod, _ path: String) async throws -> Data {
    try await retry.run {
      let response = try await response(method, path)
      return try await reporting(path) { Data(buffer: try await response.body.collect(upTo: Self.largestAnswer)) }
    }
  }

  /// Sends a request, again where it fails, and decodes the answer from JSON.
  func value<Value: Decodable>(_ method: HTTPMethod = .GET, _ path: String) async throws -> Value {
    let body = try await body(method, path)
    guard let value = try? JSONDecoder().decode(Value.self, from: body) else { throw notADaemon(path) }
    return value
  }

  /// Returns the error for an answer that makes no sense.
  func notADaemon(_ path: String) -> SnapshotError {
    SnapshotError(.server, "\(name(path)): the answer makes no sense; is it lopt-daemon that listens there?")
  }

  /// Runs a part of a request; an error of the connection becomes a ``TransientFailure`` that names the address.
  func reporting<Result>(_ path: String, _ request: () async throws -> Result) async throws -> Result {
    do {
      return try await request()
    } catch let error as any ReportedError {
      throw error
    } catch let error as TransientFailure {
      throw error
    } catch let error as CancellationError {
      throw error
    } catch is NIOTooManyBytesError {
      throw notADaemon(path)
    } catch {
      throw await ConnectionFailure(error).error(
        naming: name(path), at: address, authority: access.certificateAuthority, isOfState: isOfState,
        hasAnswered: contact.hasAnswered.load(ordering: .relaxed))
    }
  }

  /// Returns the error for an answer of another status.
  private func refusal(_ response: HTTPClientResponse, _ path: String) async -> any Error {
    let said = await message(response).map { ": \($0)" } ?? ""
    func error(_ code: SnapshotErrorCode, _ hint: String = "") -> SnapshotError {
      SnapshotError(code, "\(name(path)): the server answers \("\(response.status)".printable())\(said)\(hint)")
    }
    switch response.status.code {
    case 401 where access.token == nil: return error(.denied, "; give its token by --token-file")
    case 401: return error(.denied, "; is it the token of that server in --token-file?")
    case 403:
      return error(.denied, "; use its token, or, on its machine, its Unix socket: --from STATE-FOLDER finds it")
    case 404: return error(.missing)
    case 300..<400:
      // A token must go to no server but the one that was named: the user decides.
      guard let location = response.headers.first(name: "location") else { return error(.server) }
      if let other = address.moved(to: location, path: path) {
        return error(.server, "; the daemon is at another address: --from \(other.description.printable())")
      }
      return error(.server, "; it leads to \(location.printable()), which is not the daemon at another address")
    case 500...:
      let seconds = response.headers.first(name: "retry-after").flatMap { Int($0) }
      return TransientFailure(error: error(.server), retryAfter: seconds.map { .seconds(min(max($0, 0), 3600)) })
    default: return error(.server)
    }
  }

  /// Reads the daemon's own sentence on what went wrong; nil where there is none.
  private func message(_ response: HTTPClientResponse) async -> String? {
    guard let body = try? await response.body.collect(upTo: 64 << 10) else { return nil }
    let object = try? JSONDecoder().decode([String: String].self, from: Data(buffer: body))
    return object?["error"].map { $0.printable() }
  }
}
