import FuzzRunner
import NIOHTTP1

@testable import Daemon

/// Reads a text as each of the parts of a request that the daemon takes apart itself: range, path, tags, host, target.
@main
enum FuzzHTTP {
  static func main() {
    Fuzzer.run { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      for size in [1, 100, .max] {
        if case .part(let range) = ByteRange(text, size: size) {
          precondition(!range.isEmpty && range.lowerBound >= 0 && range.upperBound <= size, "a range is in the file")
        }
      }
      precondition(PercentEncoding.decoded(text).utf8.count <= text.utf8.count, "a path becomes no longer")
      for isWeak in [true, false] { _ = EntityTags(text).contains("\"0123\"", weakly: isWeak) }
      _ = HostRule(names: ["trainer.example.org"]).admits(text)
      settle(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: ["Host": text]))
      settle(HTTPRequestHead(version: .http1_0, method: .GET, uri: text))
    }
  }

  private static func settle(_ head: HTTPRequestHead) {
    var head = head
    guard RequestForm.settle(&head) else { return }
    precondition(head.headers["Host"].count <= 1, "a request has one host")
  }
}
