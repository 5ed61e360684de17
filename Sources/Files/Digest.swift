import Crypto
public import Foundation

/// SHA-256, as lower-case hexadecimal.
public enum Digest {
  public static func sha256(_ data: some DataProtocol) -> String {
    hexadecimal(SHA256.hash(data: data))
  }

  /// The digest of a file, read in pieces of 1 MiB. `progress` is told the bytes of each piece; what it throws ends the
  /// reading.
  public static func sha256(fileAt url: URL, progress: (Int) throws -> Void = { _ in }) throws -> String {
    let descriptor = try SystemCall.open(url.path, O_RDONLY)
    defer { SystemCall.close(descriptor) }
    var hash = SHA256()
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = try piece.withUnsafeMutableBytes { bytes in
        try SystemCall.check("read", url.path) { read(descriptor, bytes.baseAddress, bytes.count) }
      }
      if count == 0 { return hexadecimal(hash.finalize()) }
      hash.update(data: piece[..<count])
      try progress(count)
    }
  }

  public static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
