import Files
import Foundation
import Hummingbird
import NIOCore

/// The page at `/`, which shows the training to a browser.
///
/// Its files are those of `Sources/Daemon/Page`, which are part of the executable. They refer to nothing outside this
/// server. The policy that they are sent with forbids that even to code that might slip in.
struct PageRoutes: Sendable {
  /// The files of the page, each with the path and the type with which it is served. The build embeds the whole folder,
  /// as a member of `PackageResources` for each file.
  private static let files = [
    PageFile(path: "/", .html, PackageResources.index_html),
    PageFile(path: "/page.css", .css, PackageResources.page_css),
    PageFile(path: "/axes.js", .javaScript, PackageResources.axes_js),
    PageFile(path: "/elements.js", .javaScript, PackageResources.elements_js),
    PageFile(path: "/numbers.js", .javaScript, PackageResources.numbers_js),
    PageFile(path: "/page.js", .javaScript, PackageResources.page_js),
    PageFile(path: "/plots.js", .javaScript, PackageResources.plots_js),
    PageFile(path: "/requests.js", .javaScript, PackageResources.requests_js),
    PageFile(path: "/snapshots.js", .javaScript, PackageResources.snapshots_js),
    PageFile(path: "/status.js", .javaScript, PackageResources.status_js),
  ]

  /// The paths of all files of the page.
  static let paths = Set(files.map(\.path))

  func add(to router: Router<BasicRequestContext>) {
    for file in Self.files {
      router.get(RouterPath(file.path)) { request, _ in try file.response(to: request) }
    }
  }
}

/// One file of the page.
private struct PageFile: Sendable {
  enum MediaType: String {
    case html = "text/html; charset=utf-8"
    case css = "text/css; charset=utf-8"
    case javaScript = "text/javascript; charset=utf-8"
  }

  var path: String
  var type: MediaType
  var content: ByteBuffer
  /// The entity tag: the SHA-256 of the content, in quotes.
  var tag: String

  init(path: String, _ type: MediaType, _ content: [UInt8]) {
    self.path = path
    self.type = type
    self.content = ByteBuffer(bytes: content)
    tag = "\"\(Digest.sha256(content))\""
  }

  func response(to request: Request) throws -> Response {
    try request.requireMatch(tag)
    // A browser asks again each time, so that an upgraded daemon shows its own page.
    var headers: HTTPFields = [.eTag: tag, .cacheControl: "no-cache"]
    headers[.contentSecurityPolicy] = """
      default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
      base-uri 'none'; form-action 'none'; frame-ancestors 'none'
      """
    headers[.xContentTypeOptions] = "nosniff"
    headers[.init("Referrer-Policy")!] = "no-referrer"
    if request.knows(tag) { return Response(status: .notModified, headers: headers) }
    headers[.contentType] = type.rawValue
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: content))
  }
}
