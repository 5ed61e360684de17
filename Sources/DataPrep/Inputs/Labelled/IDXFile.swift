import Files
import Foundation

/// A file of unsigned bytes in the format IDX of MNIST: a magic number, the sizes as big-endian UInt32, the bytes.
final class IDXFile {
  private let reader: GzipReader
  /// The sizes of the dimensions, the number of items first.
  let sizes: [Int]

  var path: String { reader.path }
  var count: Int { sizes[0] }

  /// Opens a file and reads its header.
  /// - Throws: ``DataPrepError`` where it has another format or number of dimensions.
  init(_ url: URL, dimensions: Int) throws {
    reader = try GzipReader(url)
    var header = [UInt8](repeating: 0, count: 4 + 4 * dimensions)
    let count = try reader.read(into: &header)
    // Two zeros, 8 for unsigned bytes, the number of dimensions.
    guard count == header.count, header[..<4] == [0, 0, 8, UInt8(dimensions)] else {
      throw DataPrepError(
        .otherFormat, reader.path, "not an IDX file of unsigned bytes with \(dimensions) dimension(s): fetch it again")
    }
    sizes = (1...dimensions).map { header[($0 * 4)..<($0 * 4 + 4)].reduce(0) { $0 << 8 | Int($1) } }
    // What the header promises is read only where a file of this size can hold it.
    let (item, overflow) = sizes.dropFirst().reduce((1, false)) { product, size in
      let (value, overflow) = product.0.multipliedReportingOverflow(by: size)
      return (value, product.1 || overflow)
    }
    let most = Inflater.mostBytes(from: try FileStatus(input: url.path).bytes)
    guard !overflow, sizes[0] <= most / max(item, 1) else {
      throw DataPrepError(
        .damaged, reader.path,
        "its header promises \(sizes[0]) items, more than its bytes can hold: fetch it again")
    }
  }

  /// Fills `item`, of one item or several, with the bytes that come next.
  /// - Throws: ``DataPrepError`` where the file ends before.
  func read(into item: inout [UInt8]) throws {
    guard try reader.read(into: &item) == item.count else {
      throw DataPrepError(.damaged, path, "ends before the \(count) items that its header promises: fetch it again")
    }
  }

  /// Checks that nothing follows.
  /// - Throws: ``DataPrepError`` where something does.
  func finish() throws {
    var rest: [UInt8] = [0]
    guard try reader.read(into: &rest) == 0 else {
      throw DataPrepError(.damaged, path, "goes on after the \(count) items that its header promises: fetch it again")
    }
  }
}
