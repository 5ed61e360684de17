import Crypto
public import Foundation

/// SHA-256 digests, written as 64 lower-case hexadecimal digits.
public enum Digest {
  /// Returns the SHA-256 of bytes in memory.
  public static func sha256(_ data: some DataProtocol) -> String {
    hexadecimal(SHA256.hash(data: data))
  }

  /// Returns the SHA-256 of a file, which is read in pieces of 1 MiB.
  ///
  /// - Parameter progress: is told the bytes of each piece; what it throws ends the reading.
  /// - Throws: ``FileError`` where the file cannot be read.
  public static func sha256(fileAt url: URL, progress: (Int) throws -> Void = { _ in }) throws -> String {
    let descriptor = try SystemCall.open(url.path, O_RDONLY)
    defer { SystemCall.close(descriptor) }
    return try sha256(of: descriptor, path: url.path, progress: progress)
  }

  /// Returns the SHA-256 of what comes next in an open file.
  ///
  /// - Parameter progress: is told the bytes of each piece; what it throws ends the reading.
  /// - Throws: ``FileError`` where the file cannot be read.
  package static func sha256(
    of descriptor: Int32, path: String, progress: (Int) throws -> Void = { _ in }
  ) throws -> String {
    var hash = SHA256()
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = try piece.withUnsafeMutableBytes { bytes in
        try SystemCall.check("read", path) { read(descriptor, bytes.baseAddress, bytes.count) }
      }
      if count == 0 { return hexadecimal(hash.finalize()) }
      hash.update(data: piece[..<count])
      try progress(count)
    }
  }

  /// Returns bytes as lower-case hexadecimal digits, two a byte.
  public static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
