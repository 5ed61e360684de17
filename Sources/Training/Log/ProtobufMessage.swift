import Foundation

/// A message in the wire format of Protocol Buffers, as far as TensorBoard's events need it.
///
/// A field is a tag, which is the field's number × 8 plus its wire type, and the value. Source: protobuf.dev,
/// "Encoding".
struct ProtobufMessage {
  private(set) var bytes = Data()

  private enum WireType: UInt64 {
    case varint = 0
    case eightBytes = 1
    case counted = 2
    case fourBytes = 5
  }

  mutating func add(_ field: UInt64, _ value: Int) {
    begin(field, .varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func add(_ field: UInt64, _ value: Double) {
    begin(field, .eightBytes)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ field: UInt64, _ value: Float) {
    begin(field, .fourBytes)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ field: UInt64, _ value: String) {
    counted(field, Data(value.utf8))
  }

  mutating func add(_ field: UInt64, _ value: ProtobufMessage) {
    counted(field, value.bytes)
  }

  private mutating func counted(_ field: UInt64, _ value: Data) {
    begin(field, .counted)
    varint(UInt64(value.count))
    bytes.append(value)
  }

  private mutating func begin(_ field: UInt64, _ type: WireType) {
    varint(field << 3 | type.rawValue)
  }

  /// Adds a number with seven bits a byte, the lowest first; the top bit says that more follow.
  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
