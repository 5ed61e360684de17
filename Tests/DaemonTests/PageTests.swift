import Foundation
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import Daemon

/// The page at `/`, as far as no browser is needed (Tools/Page opens it in one).
@Suite(.ownThreads) struct PageTests {
  private static let types = [
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
  ]
  /// The path and the type of every file in the folder of the page.
  private static let files: [(path: String, type: String)] = {
    let folder = Repository.root.appending(path: "Sources/Daemon/Page").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().map { name in
      (name == "index.html" ? "/" : "/\(name)", types[URL(filePath: name).pathExtension] ?? "no type for \(name)")
    }
  }()

  private func withPage(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
    let router = Router(options: .autoGenerateHeadEndpoints)
    PageRoutes().add(to: router)
    try await Application(router: router).test(.router) { client in try await body(client) }
  }

  @Test("every file in the folder of the page is served, and nothing else is")
  func everyFileIsServed() {
    #expect(Self.files.count > 3)
    #expect(PageRoutes.paths == Set(Self.files.map(\.path)))
  }

  @Test("a listener with a token gives the page's files without it, and no path that merely begins like one")
  func filesNeedNoToken() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "token")
      try writePrivate("0123456789abcdef\n", to: file)
      let access = try Access.tokens(AccessTokens(control: BearerToken(path: file.path), reading: nil))
      let router = Router(options: .autoGenerateHeadEndpoints)
      router.add(middleware: AccessCheck(access: access))
      PageRoutes().add(to: router)
      try await Application(router: router).test(.router) { client in
        for (path, _) in Self.files {
          let response = try await client.execute(uri: path, method: .get)
          #expect(response.status == .ok, "\(path)")
        }
        for path in ["/plots", "/plots.js/", "/plots.js/v1", "/page.json", "/index.html"] {
          let response = try await client.execute(uri: path, method: .get)
          #expect(response.status == .unauthorized, "\(path)")
        }
      }
    }
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

  @Test("a client that has a file of the page gets 304, one that has another gets the file", arguments: files)
  func notModified(path: String, type: String) async throws {
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

  @Test("the page's files name no other server, hold no inline script or style, and are light together")
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
      #expect(size < 36_000)
    }
  }

  @Test("every element that the modules ask for is in the page")
  func everyElementIsThere() async throws {
    try await withPage { client in
      let page = String(buffer: try await client.execute(uri: "/", method: .get).body)
      let modules = try await Self.modules(client).values.joined()
      let names = Set(modules.matches(of: /\bpage\.([A-Za-z]+)/).map { String($0.output.1) })
      #expect(names.count > 20)
      for name in names { #expect(page.contains("id=\"\(name)\""), "\(name)") }
    }
  }

  @Test("every module is reached from the page, what it imports is exported, and what it exports is imported")
  func modulesFitTogether() async throws {
    try await withPage { client in
      let page = String(buffer: try await client.execute(uri: "/", method: .get).body)
      let modules = try await Self.modules(client)
      var reached = Set(page.matches(of: /<script type="module" src="([^"]+)">/).map { String($0.output.1) })
      #expect(reached == ["/page.js"])
      var imported: Set<String> = []
      for module in modules.values {
        for each in module.matches(of: /import \{ ([^}]+) \} from "\.([^"]+)";/) {
          reached.insert(String(each.output.2))
          for name in each.output.1.components(separatedBy: ", ") { imported.insert("\(each.output.2) \(name)") }
        }
      }
      #expect(reached == Set(modules.keys))
      let exported = modules.flatMap { path, module in
        module.matches(of: /\bexport (?:const|let|(?:async )?function) (\w+)/).map { "\(path) \($0.output.1)" }
      }
      #expect(imported == Set(exported))
    }
  }

  /// The text of every JavaScript module by its path.
  private static func modules(_ client: any TestClientProtocol) async throws -> [String: String] {
    var modules: [String: String] = [:]
    for (path, _) in files where path.hasSuffix(".js") {
      modules[path] = String(buffer: try await client.execute(uri: path, method: .get).body)
    }
    return modules
  }
}
