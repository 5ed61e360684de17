import HTTPTypes
import Hummingbird

/// The tags of a field such as `If-None-Match`: the bytes that a client has, or means (RFC 9110, 13.1).
struct EntityTags {
  /// The most tags that are read. Of a longer list none counts, so that a request costs no more than its size does.
  static let most = 64

  private let tags: [Substring.UTF8View]

  init(_ field: String) {
    let parts = field.utf8.split(separator: UInt8(ascii: ","), maxSplits: Self.most)
    tags = parts.count > Self.most ? [] : parts.map { Self.trimmed($0) }
  }

  /// Returns whether a tag is among them, or `*` is, which stands for every tag.
  /// - Parameter weakly: whether `W/` before one does not matter.
  func contains(_ tag: String, weakly: Bool) -> Bool {
    tags.contains { given in
      given.elementsEqual("*".utf8) || given.elementsEqual(tag.utf8)
        || weakly && given.starts(with: "W/".utf8) && given.dropFirst(2).elementsEqual(tag.utf8)
    }
  }

  private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
    func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var text = text.drop(while: isSpace)
    while let last = text.last, isSpace(last) { text = text.dropLast() }
    return text
  }
}

extension Request {
  /// Returns whether the client has the bytes of a tag already (`If-None-Match`). Tags are compared weakly (RFC 9110,
  /// 13.1.2): `W/` before one does not count.
  func knows(_ tag: String) -> Bool {
    headers[.ifNoneMatch].map { EntityTags($0).contains(tag, weakly: true) } ?? false
  }

  /// Checks that the client means the bytes of a tag, where it says which (`If-Match`; RFC 9110, 13.1.1).
  /// - Throws: `HTTPError` with 412 where it means others.
  func requireMatch(_ tag: String) throws {
    guard let field = headers[.ifMatch], !EntityTags(field).contains(tag, weakly: false) else { return }
    throw HTTPError(.preconditionFailed, headers: [.eTag: tag], message: "it has other bytes than If-Match says")
  }
}
