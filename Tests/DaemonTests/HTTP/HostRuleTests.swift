import NIOHTTP1
import Testing

@testable import Daemon

/// For which hosts the daemon answers, and what a request must say of them.
@Suite struct HostRuleTests {
  @Test(
    "without a token addresses, localhost and the configured names are answered for, with any port",
    arguments: [
      "127.0.0.1", "127.0.0.1:8417", "10.1.2.3:80", "[::1]", "[::1]:8417", "[fe80::1]:1", "localhost", "LocalHost:8417",
      "localhost.", "localhost:", "trainer.example.org", "Trainer.Example.org.:443",
    ])
  func admitted(authority: String) {
    #expect(HostRule(names: ["TRAINER.example.org"]).admits(authority))
  }

  @Test(
    "any other host may be a stranger's page",
    arguments: [
      "evil.example.org", "evil.example.org:8417", "localhost.evil.example.org", "127.0.0.1.evil.example.org",
      "127.0.0.1.example.org:8417",
      "evil.localhost", "127.1", "2130706433", "0x7f000001", "[evil.example.org]", "[::1", "[::1]x", "[::1]:x", "::1",
      "localhost:80:80", "localhost:x", "", ":8417", "x.trainer.example.org", "localhost..",
    ])
  func refused(authority: String) {
    #expect(!HostRule(names: ["trainer.example.org"]).admits(authority))
  }

  private func settled(
    _ hosts: [String], version: HTTPVersion = .http1_1, uri: String = "/", headers: HTTPHeaders = [:],
    overUnixSocket: Bool = false
  ) -> HTTPRequestHead? {
    var head = HTTPRequestHead(version: version, method: .GET, uri: uri, headers: headers)
    for host in hosts { head.headers.add(name: "host", value: host) }
    return RequestForm.settle(&head, overUnixSocket: overUnixSocket) ? head : nil
  }

  @Test("a request names one host; HTTP/1.0 may name none, and so may a request over a Unix socket") func oneHost() {
    #expect(settled(["a"]) != nil && settled(["a"], version: .http1_0) != nil && settled([], version: .http1_0) != nil)
    for hosts in [[], ["a", "a"], ["a", "b"], ["a, b"], ["a b"], ["u@a"], ["a/b"], ["a\u{e9}"]] {
      #expect(settled(hosts) == nil, "\(hosts)")
    }
    #expect(settled(["a", "a"], version: .http1_0) == nil)
    #expect(settled([], overUnixSocket: true) != nil && settled(["a", "a"], overUnixSocket: true) == nil)
  }

  @Test("where the target is a whole URL its host counts") func absoluteForm() {
    for uri in [
      "http://evil.example.org/v1/status", "HTTP://evil.example.org", "http://evil.example.org?x",
      "https://evil.example.org/",
    ] {
      #expect(settled(["127.0.0.1"], uri: uri)?.headers["Host"] == ["evil.example.org"], "\(uri)")
    }
    #expect(settled(["127.0.0.1"], uri: "http://u@evil.example.org/") == nil)
    #expect(settled(["127.0.0.1"], uri: "/a?http://evil.example.org/")?.headers["Host"] == ["127.0.0.1"])
  }

  @Test("a connection that the client does not keep is closed after the answer") func connections() {
    func connection(_ version: HTTPVersion, _ value: String?) -> [String]? {
      settled(["a"], version: version, headers: value.map { ["Connection": $0] } ?? [:])?.headers["Connection"]
    }
    #expect(connection(.http1_0, nil) == ["close"] && connection(.http1_0, "x") == ["close"])
    #expect(connection(.http1_0, "keep-alive") == ["keep-alive"])
    #expect(connection(.http1_1, nil) == [] && connection(.http1_1, "Close") == ["close"])
    #expect(connection(.http1_1, "te, close") == ["close"])
  }

  @Test("what may be encoded in a path need not be; what must be stays, and so does the query") func paths() {
    for (given, decoded) in [
      ("/v1/snapshots/theta%2D000000007.safetensors", "/v1/snapshots/theta-000000007.safetensors"), ("/%76%31", "/v1"),
      ("/%7Ea%5fb", "/~a_b"), ("/..%2Flock", "/..%2Flock"), ("/%2e%2e%2f", "/..%2f"), ("/%252D", "/%252D"),
      ("/%", "/%"), ("/%2", "/%2"), ("/%zz", "/%zz"), ("/%C3%A9", "/%C3%A9"), ("/a?b=%2D", "/a?b=%2D"),
      ("/%00", "/%00"),
    ] {
      #expect(PercentEncoding.decoded(given) == decoded, "\(given)")
    }
  }
}
