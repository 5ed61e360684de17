import Files
import Foundation
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// A channel handler that lets pass only requests that say clearly to whom they go, and tells the server when to close.
///
/// - A request of HTTP/1.1 has one `Host`, one of HTTP/1.0 at most one (RFC 9112, 3.2). Where the target of a request is a
///   whole URL, its host counts instead. All else ends the connection with 400. Over a Unix socket there may be none: it is
///   no host that is asked there, and `lopt` 0.1 names none.
/// - A connection that the client does not keep, as HTTP/1.0 does not unless it says so, gets `Connection: close`, which is
///   all that the server looks at.
final class RequestForm: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  private var isRefused = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isRefused else { return }
    guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
    guard Self.settle(&head, overUnixSocket: isUnixSocket(context.channel)) else {
      isRefused = true
      return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
    }
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  private func isUnixSocket(_ channel: any Channel) -> Bool {
    if case .unixDomainSocket = channel.localAddress { true } else { false }
  }

  /// Brings a request's head to the form that the server understands; returns false where it is to be refused.
  static func settle(_ head: inout HTTPRequestHead, overUnixSocket: Bool = false) -> Bool {
    let hosts = head.headers["Host"]
    let needsHost = head.version != .http1_0 && !overUnixSocket
    guard hosts.count == 1 || hosts.isEmpty && !needsHost, hosts.allSatisfy(isAuthority) else {
      return false
    }
    if let authority = authority(of: head.uri) {
      guard isAuthority(authority) else { return false }
      head.headers.replaceOrAdd(name: "Host", value: authority)
    }
    if !head.isKeepAlive { head.headers.replaceOrAdd(name: "Connection", value: "close") }
    return true
  }

  /// Returns the host, with its port, of a target that is a whole URL; nil for any other target.
  private static func authority(of target: String) -> String? {
    guard !target.hasPrefix("/"), let scheme = target.range(of: "://") else { return nil }
    return String(target[scheme.upperBound...].prefix { !"/?#".contains($0) })
  }

  /// Whether a text is a host, perhaps with a port (RFC 3986, 3.2), and nothing else, such as a user or a list.
  private static func isAuthority(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0.isLetterOrDigit || "-._~%!$&'()*+;=:[]".utf8.contains($0) }
  }
}

/// A channel handler that puts ``RequestForm`` where it belongs: between the decoder of HTTP/1 and the handler that turns
/// requests into the types of all versions, which know neither the version nor a second `Host`.
final class RequestFormPlace: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = NIOAny

  func handlerAdded(context: ChannelHandlerContext) {
    let pipeline = context.pipeline.syncOperations
    do {
      let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
      try pipeline.addHandler(RequestForm(), position: .before(codec))
    } catch {
      // Nothing is served unchecked.
      context.close(promise: nil)
    }
  }
}
