import Files
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import ServiceLifecycle
import Settings

/// The HTTP server of one listener. It finishes `listening` once it listens.
struct HTTPService: Service {
  /// The most connections that are served; others wait to be accepted.
  private static let mostConnections = 1_024
  private static let headerBytes = 16 << 10

  var routes: Routes
  var listener: Listener
  var listening: AsyncStream<Never>.Continuation
  var logger: Logger

  func run() async throws {
    do {
      try await serve()
    } catch  where listener.isOptional && !(error is CancellationError) {
      logger.warning("\(error): lopt cannot find the daemon by its state folder; http.socket names another socket")
      listening.finish()
    }
  }

  private func serve() async throws {
    // The server's own log lines tell no user anything; its errors arrive here.
    var quiet = logger
    quiet.logLevel = .error
    let place: SocketPlace? = if case .unix(let path) = listener.address { try SocketPlace(path) } else { nil }
    defer { place?.leave() }
    let application = Application(
      responder: routes.responder(listener.access), server: try server(),
      configuration: ApplicationConfiguration(
        address: listener.bindAddress, serverName: "lopt-daemon",
        availableConnectionsDelegate: MaximumAvailableConnections(Self.mostConnections, logger: quiet)),
      onServerRunning: { [logger, listening, listener] channel in
        if case .unix(let path) = listener.address { try? SystemCall.setMode(path, listener.socketMode) }
        place?.remember()
        logger.info("serving \(listener.name(port: channel.localAddress?.port))")
        listening.finish()
      },
      logger: quiet)
    do {
      try await application.run()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      guard case .tcp(let host, let port) = listener.address else { throw cannotListen(error) }
      throw DaemonError(
        .portTaken,
        \.http.port, "port \(port) of \(host) is taken by another process; choose another")
    } catch {
      throw cannotListen(error)
    }
  }

  private func server() throws -> HTTPServerBuilder {
    let plain = HTTPServerBuilder.http1(
      configuration: HTTP1Channel.Configuration(
        additionalChannelHandlers: [
          RequestFormPlace(), RequestDeadline(request: .seconds(30), answer: .seconds(300)),
        ],
        httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
          maxHeaderFieldSize: Self.headerBytes, maxHeaderListSize: Self.headerBytes, maxHeaderFieldCount: 100)))
    guard let certificates = listener.certificates else { return plain }
    return try .tls(plain, tlsConfiguration: certificates.configuration)
  }

  private func cannotListen(_ error: any Error) -> DaemonError {
    let reason =
      switch error {
      case let error as IOError: String(cString: strerror(error.errnoCode))
      case let error as SocketAddressError.UnknownHost: "no address is known of that host: \(error.errorDescription)"
      default: "\(error)"
      }
    return switch listener.address {
    case .tcp(let host, let port):
      DaemonError(.cannotListen, \.http.host, "cannot listen on \(host) port \(port): \(reason)")
    case .unix(let path):
      DaemonError(.cannotListen, \.http.socket, "cannot listen on \(path): \(reason)")
    }
  }
}
