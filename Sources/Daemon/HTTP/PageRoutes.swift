import Files
import Foundation
import Hummingbird
import NIOCore

/// The page at `/`, which shows the training to a browser: three files that are part of the executable. They refer to
/// nothing outside this server, and the policy that they are sent with forbids it to whatever might slip in.
struct PageRoutes: Sendable {
  private let files = [
    PageFile(path: "/", type: "text/html; charset=utf-8", content: PackageResources.index_html),
    PageFile(path: "/page.css", type: "text/css; charset=utf-8", content: PackageResources.page_css),
    PageFile(path: "/page.js", type: "text/javascript; charset=utf-8", content: PackageResources.page_js),
  ]

  func add(to router: Router<BasicRequestContext>) {
    for file in files {
      router.get(RouterPath(file.path)) { request, _ in file.response(to: request) }
    }
  }
}

/// One file of the page.
private struct PageFile: Sendable {
  var path: String
  var type: String
  var content: ByteBuffer
  /// The SHA-256 of the content, in quotes.
  var tag: String

  init(path: String, type: String, content: [UInt8]) {
    self.path = path
    self.type = type
    self.content = ByteBuffer(bytes: content)
    tag = "\"\(Digest.sha256(content))\""
  }

  func response(to request: Request) -> Response {
    // Asked for again each time, so that an upgraded daemon shows its own page.
    var headers: HTTPFields = [.eTag: tag, .cacheControl: "no-cache"]
    headers[.contentSecurityPolicy] = """
      default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
      base-uri 'none'; form-action 'none'; frame-ancestors 'none'
      """
    headers[.xContentTypeOptions] = "nosniff"
    headers[.init("Referrer-Policy")!] = "no-referrer"
    if request.knows(tag) { return Response(status: .notModified, headers: headers) }
    headers[.contentType] = type
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: content))
  }
}
