import Foundation

/// The records of a TFRecord file: length (8 bytes), masked CRC-32C of it, data, masked CRC-32C of the data; all
/// numbers are little-endian.
enum TFRecord {
  /// The number of bytes before the data.
  private static let headerSize = 12
  /// The number of bytes after the data.
  private static let footerSize = 4

  /// Returns the record that holds `data`.
  static func encoded(_ data: Data) -> Data {
    let length = withUnsafeBytes(of: UInt64(data.count).littleEndian) { Data($0) }
    return length + checksum(length) + data + checksum(data)
  }

  private static func checksum(_ data: Data) -> Data {
    withUnsafeBytes(of: CRC32C.masked(data).littleEndian) { Data($0) }
  }

  /// Returns the length of a file up to the end of its last whole record. Bytes after it are a record that was being
  /// written when the process, or the machine, stopped.
  ///
  /// - Parameter file: the file's bytes, with indices from 0.
  static func soundLength(of file: Data) -> Int {
    var end = 0
    while let next = recordEnd(in: file, from: end) { end = next }
    return end
  }

  private static func recordEnd(in file: Data, from start: Int) -> Int? {
    guard file.count - start >= headerSize + footerSize else { return nil }
    let header = file[start..<start + 8]
    let length = header.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard file[start + 8..<start + headerSize].elementsEqual(checksum(header)),
      length <= UInt64(file.count - start - headerSize - footerSize)
    else { return nil }
    let footer = start + headerSize + Int(length)
    let end = footer + footerSize
    // Only the last record may have damaged data: those before it were whole when it was begun.
    if end == file.count, !file[footer..<end].elementsEqual(checksum(file[start + headerSize..<footer])) { return nil }
    return end
  }
}
