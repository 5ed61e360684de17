import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Daemon

/// The page at `/`, as far as no browser is needed (Tools/Page opens it in one).
@Suite struct PageTests {
  private static let files = [
    ("/", "text/html; charset=utf-8"), ("/page.css", "text/css; charset=utf-8"),
    ("/page.js", "text/javascript; charset=utf-8"),
  ]

  private func withPage(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
    let router = Router(options: .autoGenerateHeadEndpoints)
    PageRoutes().add(to: router)
    try await Application(router: router).test(.router) { client in try await body(client) }
  }

  @Test(
    "a file has its type, is not sniffed, and comes with a policy that allows nothing from elsewhere", arguments: files)
  func headers(path: String, type: String) async throws {
    try await withPage { client in
      let response = try await client.execute(uri: path, method: .get)
      #expect(response.status == .ok)
      #expect(response.headers[.contentType] == type)
      #expect(response.headers[.xContentTypeOptions] == "nosniff")
      #expect(response.headers[.init("Referrer-Policy")!] == "no-referrer")
      let policy = response.headers[.contentSecurityPolicy]?.components(separatedBy: "; ")
      #expect(
        policy == [
          "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:",
          "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        ])
    }
  }

  @Test("who has a file gets 304, who has another gets the file", arguments: files)
  func whoHasTheFileGets304(path: String, type: String) async throws {
    try await withPage { client in
      let first = try await client.execute(uri: path, method: .get)
      let tag = try #require(first.headers[.eTag])
      for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
        let again = try await client.execute(uri: path, method: .get, headers: [.ifNoneMatch: known])
        #expect(again.status == .notModified)
        #expect(again.headers[.eTag] == tag)
        #expect(again.body.readableBytes == 0)
      }
      let other = try await client.execute(uri: path, method: .get, headers: [.ifNoneMatch: "\"x\""])
      #expect(other.status == .ok)
      #expect(other.body == first.body)
    }
  }

  @Test("HEAD gives a file's headers without its bytes", arguments: files)
  func head(path: String, type: String) async throws {
    try await withPage { client in
      let whole = try await client.execute(uri: path, method: .get)
      let response = try await client.execute(uri: path, method: .head)
      #expect(response.headers[.contentLength] == String(whole.body.readableBytes))
      #expect(response.headers[.eTag] == whole.headers[.eTag])
      #expect(response.body.readableBytes == 0)
    }
  }

  @Test("the files name no other server, hold no inline script or style, and are light together")
  func nothingFromElsewhere() async throws {
    try await withPage { client in
      var size = 0
      for (path, _) in Self.files {
        let response = try await client.execute(uri: path, method: .get)
        size += response.body.readableBytes
        // Names of XML namespaces are no addresses.
        let content = String(buffer: response.body).replacing("http://www.w3.org/2000/svg", with: "")
        #expect(!content.contains(/(https?:)?\/\/[a-z]/))
        #expect(!content.contains(/<style|style=|<script>|\son[a-z]+=|@import|innerHTML|insertAdjacentHTML|\beval\(/))
      }
      #expect(size < 30_000)
    }
  }

  @Test("every element that the script asks for is in the page")
  func everyElementIsThere() async throws {
    try await withPage { client in
      let page = String(buffer: try await client.execute(uri: "/", method: .get).body)
      let script = String(buffer: try await client.execute(uri: "/page.js", method: .get).body)
      let names = Set(script.matches(of: /\bpage\.([A-Za-z]+)/).map { String($0.output.1) })
      #expect(names.count > 20)
      for name in names { #expect(page.contains("id=\"\(name)\""), "\(name)") }
    }
  }
}
