import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Training

/// The HTTP server; `listening` is finished once it listens.
struct HTTPService: Service {
  var routes: Routes
  var address: Configuration.HTTP
  var listening: AsyncStream<Never>.Continuation
  var logger: Logger

  func run() async throws {
    // The server's own log lines tell no user anything; its errors arrive here.
    var quiet = logger
    quiet.logLevel = .error
    let application = Application(
      router: routes.router(),
      configuration: ApplicationConfiguration(
        address: .hostname(address.host, port: address.port), serverName: "lopt-daemon"),
      onServerRunning: { [logger, listening, address] channel in
        let port = channel.localAddress?.port ?? address.port
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        logger.info("serving http://\(host):\(port)")
        listening.finish()
      },
      logger: quiet)
    do {
      try await application.run()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw DaemonError(
        code: .portTaken,
        description: "http.port: port \(address.port) of \(address.host) is taken by another process; choose another")
    } catch let error as IOError {
      throw cannotListen(error)
    } catch let error as SocketAddressError.UnknownHost {
      throw cannotListen(error)
    }
  }

  private func cannotListen(_ error: any Error) -> DaemonError {
    DaemonError(
      code: .cannotListen, description: "http.host: cannot listen on \(address.host) port \(address.port): \(error)")
  }
}
