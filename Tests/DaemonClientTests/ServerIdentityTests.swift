import Testing

@testable import DaemonClient

/// Which hosts a certificate is for.
@Suite struct ServerIdentityTests {
  @Test(
    "a host is of a DNS name that is the same, or whose whole first label is a star before two labels or more",
    arguments: [
      ("localhost", "localhost"), ("Trainer.example.org", "trainer.EXAMPLE.org"), ("a.example.org.", "a.example.org"),
      ("a.example.org", "*.example.org"), ("a.b.example.org", "*.b.example.org"),
    ])
  func matches(host: String, name: String) {
    #expect(ServerIdentity.matches(host, name))
  }

  @Test(
    "any other name is another host's",
    arguments: [
      ("localhost", "*"), ("example.org", "*.org"), ("example.org", "*.example.org"),
      ("a.b.example.org", "*.example.org"),
      ("abc.example.org", "a*.example.org"), ("a.example.org", "a.*.org"), ("a.example.org", "*.*.org"),
      ("localhost", ""),
      ("", ""), ("a..org", "a..org"), ("localhost", "localhost.evil.example.org"), ("evil.localhost", "localhost"),
      ("*.example.org", "*.example.org"), ("*.example.org", "a.example.org"), ("127.1", "127.0.0.1"),
    ])
  func differs(host: String, name: String) {
    #expect(!ServerIdentity.matches(host, name))
  }

  @Test("an address is what has all its parts; everything else is a name, whatever it would resolve to")
  func addresses() {
    for host in ["127.0.0.1", "::1", "fe80::1"] { #expect(ServerIdentity(host: host).isAddress, "\(host)") }
    for host in ["localhost", "127.1", "2130706433", "0x7f.0.0.1", "127.0.0.1.example.org"] {
      #expect(!ServerIdentity(host: host).isAddress, "\(host)")
    }
  }

  @Test(
    "where the daemon has moved to is its address without the path that was asked for, and nothing else is an address")
  func moved() throws {
    let address = try #require(DaemonAddress("http://a.example.org/lopt"))
    let path = "/v1/status"
    for (location, moved) in [
      ("https://a.example.org/lopt/v1/status", "https://a.example.org/lopt"),
      ("https://b.example.org/v1/status", "https://b.example.org"),
      ("/other/v1/status", "http://a.example.org/other"),
    ] {
      #expect(address.moved(to: location, path: path) == DaemonAddress(moved), "\(location)")
    }
    for location in [
      "/login", "https://a.example.org/", "http://a.example.org/lopt/v1/status", "https://u:p@b.example.org/v1/status",
      "ftp://b.example.org/v1/status", "https://b.example.org/login?next=/v1/status", "",
    ] {
      #expect(address.moved(to: location, path: path) == nil, "\(location)")
    }
  }
}
