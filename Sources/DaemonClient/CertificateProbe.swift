import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// A look at the certificate of a server that is not trusted, to say why. Nothing is sent but a handshake.
enum CertificateProbe {
  /// Returns what is wrong with the dates of the certificate that a server shows; nil where they are right, or nothing is
  /// shown.
  static func fault(host: String, port: Int, now: Date = Date()) async -> String? {
    guard let certificate = try? await certificate(host: host, port: port) else { return nil }
    let (first, last) = (certificate.notValidBefore, certificate.notValidAfter)
    func date(_ time: time_t) -> String { Date(timeIntervalSince1970: Double(time)).formatted(.iso8601) }
    if Double(last) < now.timeIntervalSince1970 { return "it expired \(date(last))" }
    if Double(first) > now.timeIntervalSince1970 { return "it is not valid before \(date(first))" }
    return nil
  }

  private static func certificate(host: String, port: Int) async throws -> NIOSSLCertificate? {
    var tls = try DaemonClient.tls(nil)
    tls.certificateVerification = .none
    let context = try NIOSSLContext(configuration: tls)
    let name = ServerIdentity.isAddress(host) ? nil : host
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connectTimeout(.seconds(5))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let sync = channel.pipeline.syncOperations
          try sync.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
          try sync.addHandler(HandshakeWait(channel.eventLoop))
        }
      }.connect(host: host, port: port).get()
    let certificate = channel.eventLoop.flatSubmit {
      channel.pipeline.handler(type: HandshakeWait.self).flatMap(\.done).flatMap { channel.nioSSL_peerCertificate() }
    }
    defer { channel.close(promise: nil) }
    return try await certificate.get()
  }

  /// A handler that knows when a handshake is done, or that it failed.
  private final class HandshakeWait: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let promise: EventLoopPromise<Void>
    private let deadline: Scheduled<Void>

    init(_ loop: any EventLoop) {
      let promise = loop.makePromise(of: Void.self)
      self.promise = promise
      deadline = loop.scheduleTask(in: .seconds(5)) { promise.fail(ChannelError.connectTimeout(.seconds(5))) }
    }

    var done: EventLoopFuture<Void> { promise.futureResult }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if case .handshakeCompleted? = event as? TLSUserEvent { promise.succeed() }
      context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { promise.fail(error) }

    func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }

    func handlerRemoved(context: ChannelHandlerContext) {
      deadline.cancel()
      promise.fail(ChannelError.eof)
    }
  }
}
