import Hummingbird
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Daemon

/// A client has 30 s for a request, and 300 s to take the answer.
@Suite struct RequestDeadlineTests {
  private static let head = HTTPRequestPart.head(HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/"))

  private func channel() throws -> EmbeddedChannel {
    let channel = EmbeddedChannel(handler: RequestDeadline(request: .seconds(30), answer: .seconds(300)))
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }

  @Test("a connection that sends nothing, or only a part of a request, is closed") func slow() throws {
    let silent = try channel()
    silent.embeddedEventLoop.advanceTime(by: .seconds(29))
    #expect(silent.isActive)
    silent.embeddedEventLoop.advanceTime(by: .seconds(2))
    #expect(!silent.isActive)
    let partial = try channel()
    for _ in 0..<3 {
      try partial.writeInbound(Self.head)
      partial.embeddedEventLoop.advanceTime(by: .seconds(11))
    }
    #expect(!partial.isActive, "new headers do not buy time")
  }

  @Test("an answer has its own time, and the next request begins a new one") func answered() throws {
    let channel = try channel()
    try channel.writeInbound(Self.head)
    try channel.writeInbound(HTTPRequestPart.end(nil))
    channel.embeddedEventLoop.advanceTime(by: .seconds(200))
    #expect(channel.isActive)
    try channel.writeOutbound(HTTPResponsePart.end(nil))
    channel.embeddedEventLoop.advanceTime(by: .seconds(29))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(2))
    #expect(!channel.isActive, "an idle connection is closed")
  }

  @Test("a connection whose client does not take the answer is closed") func notTaken() throws {
    let channel = try channel()
    try channel.writeInbound(Self.head)
    try channel.writeInbound(HTTPRequestPart.end(nil))
    channel.embeddedEventLoop.advanceTime(by: .seconds(301))
    #expect(!channel.isActive)
  }
}
