import NIOCore
import NIOHTTPTypes

/// A channel handler that closes connections of clients that are too slow.
///
/// A request must have arrived whole within one time, whether its connection is new or was idle. Its answer must have
/// been taken within another.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let request: TimeAmount
  private let answer: TimeAmount
  /// The number of requests that arrived and are not answered yet.
  private var open = 0
  private var deadline: Scheduled<Void>?

  init(request: TimeAmount, answer: TimeAmount) {
    self.request = request
    self.answer = answer
  }

  func handlerAdded(context: ChannelHandlerContext) { set(request, context) }

  func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .end = unwrapInboundIn(data) {
      open += 1
      set(answer, context)
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) {
      // An answer to a request that did not arrive whole is the last one.
      open = max(0, open - 1)
      if open == 0 { set(request, context) }
    }
    context.write(data, promise: promise)
  }

  private func set(_ time: TimeAmount, _ context: ChannelHandlerContext) {
    deadline?.cancel()
    let channel = context.channel
    deadline = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
  }
}
