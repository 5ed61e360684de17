import Files
public import Foundation

extension Safetensors {
  /// One tensor's entry in the header: its type, shape, and first and last byte behind the header.
  private struct Entry: Codable {
    var dtype: String
    var shape: [Int]
    var offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  /// The longest header that is read, in bytes; ours are far shorter. The format's own reader refuses above 100 MB.
  private static let longestHeader = 16 << 20

  /// Reads a file.
  /// - Throws: ``SnapshotError`` where it is damaged, `FileError` where it cannot be read.
  public init(contentsOf url: URL) throws {
    try self.init(FileReading.data(url, atMost: FileReading.mostOfTensors), name: url.path)
  }

  /// Returns the file's bytes. Tensors of wide types come first, and those of one type in the order of their names.
  public func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var pieces: [String] = []
    var data = Data()
    func quoted(_ text: String) throws -> String { String(decoding: try encoder.encode(text), as: UTF8.self) }
    if !metadata.isEmpty {
      pieces.append("\"__metadata__\":" + String(decoding: try encoder.encode(metadata), as: UTF8.self))
    }
    // Wide types first, so that every tensor is aligned to its type.
    let ordered = tensors.sorted { (Self.width($0.value), $1.key) > (Self.width($1.value), $0.key) }
    for (name, tensor) in ordered {
      let start = data.count
      data.append(tensor.values.bytes)
      let entry = Entry(dtype: tensor.values.type, shape: tensor.shape, offsets: [start, data.count])
      pieces.append(try quoted(name) + ":" + String(decoding: try encoder.encode(entry), as: UTF8.self))
    }
    var header = Data("{\(pieces.joined(separator: ","))}".utf8)
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header + data
  }

  private static func width(_ tensor: Tensor) -> Int {
    switch tensor.values {
    case .int64: 8
    case .float32, .int32: 4
    case .uint8: 1
    }
  }

  /// Reads a file's bytes.
  ///
  /// - Parameter name: what an error calls the file.
  /// - Throws: ``SnapshotError`` where any field of the header is wrong.
  public init(_ data: Data, name: String) throws {
    func damaged(_ reason: String) -> SnapshotError {
      SnapshotError(.damaged, "\(name): not a sound safetensors file: \(reason)")
    }
    let data = Data(data)  // indices from 0
    guard data.count >= 8 else { throw damaged("shorter than its header's length") }
    let length = data[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(min(data.count - 8, Self.longestHeader)) else {
      throw damaged("the header's length, \(length), is beyond the file's end")
    }
    let body = data[(8 + Int(length))...]
    do { try JSONFault.check(data[8..<8 + Int(length)]) } catch { throw damaged("its header's \(error)") }
    guard
      let object = try? JSONSerialization.jsonObject(with: data[8..<8 + Int(length)]) as? [String: Any]
    else { throw damaged("the header is not a JSON object") }
    self.init(tensors: [:])
    var end = 0
    let entries = try object.compactMap { key, value -> (String, Entry)? in
      if key == "__metadata__" {
        guard let metadata = value as? [String: String] else { throw damaged("metadata that is not text") }
        self.metadata = metadata
        return nil
      }
      guard JSONSerialization.isValidJSONObject(value), let json = try? JSONSerialization.data(withJSONObject: value),
        let entry = try? JSONDecoder().decode(Entry.self, from: json), entry.offsets.count == 2
      else { throw damaged("the entry of \(key.printable())") }
      return (key, entry)
    }
    for (key, entry) in entries.sorted(by: { $0.1.offsets.lexicographicallyPrecedes($1.1.offsets) }) {
      let (first, last, name) = (entry.offsets[0], entry.offsets[1], key.printable())
      guard first == end, last >= first, last <= body.count else { throw damaged("the offsets of \(name)") }
      end = last
      var count = 1
      for side in entry.shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: side)
        guard side >= 0, !overflow else { throw damaged("the shape of \(name)") }
        count = product
      }
      let bytes = body[body.startIndex + first..<body.startIndex + last]
      guard let values = Values(type: entry.dtype, count: count, bytes: bytes) else {
        throw damaged("\(name): \(entry.dtype.printable()) of shape \(entry.shape) in \(last - first) bytes")
      }
      tensors[key] = Tensor(shape: entry.shape, values)
    }
    guard end == body.count else { throw damaged("\(body.count - end) bytes behind the last tensor") }
  }
}
