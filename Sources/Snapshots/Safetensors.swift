import Foundation

/// A file in the safetensors format, which holds named tensors and named texts.
///
/// It is a header's length in 8 bytes (little-endian), the header, a JSON object of names, types, shapes and offsets,
/// and then the tensors' values, row-major, without gaps. The same value gives the same bytes. Decoding checks every
/// field of the header, so that a damaged or hostile file is an error: it never reads outside the data, and allocates
/// no more than the file's size.
public struct Safetensors: Sendable, Equatable {
  /// The values of a tensor, row-major, of one of the types that are read and written.
  public enum Values: Sendable, Equatable {
    case float32([Float])
    case int32([Int32])
    case int64([Int64])
    case uint8([UInt8])

    /// The number of values.
    public var count: Int {
      switch self {
      case .float32(let values): values.count
      case .int32(let values): values.count
      case .int64(let values): values.count
      case .uint8(let values): values.count
      }
    }
  }

  /// A tensor: its shape, and as many values as that says.
  public struct Tensor: Sendable, Equatable {
    /// The sizes of the dimensions, the slowest first; empty for a scalar.
    public var shape: [Int]
    /// The values, row-major.
    public var values: Values

    /// Makes a tensor; `values` has as many as `shape` says.
    public init(shape: [Int], _ values: Values) {
      precondition(shape.reduce(1, *) == values.count, "as many values as the shape says")
      self.shape = shape
      self.values = values
    }
  }

  /// The texts of the header's `__metadata__`, by key.
  public var metadata: [String: String]
  /// The tensors by their names.
  public var tensors: [String: Tensor]

  /// Makes a file in memory.
  public init(metadata: [String: String] = [:], tensors: [String: Tensor]) {
    self.metadata = metadata
    self.tensors = tensors
  }
}

extension Safetensors.Values {
  /// The name that the format gives the type.
  var type: String {
    switch self {
    case .float32: "F32"
    case .int32: "I32"
    case .int64: "I64"
    case .uint8: "U8"
    }
  }

  /// The values as little-endian bytes.
  var bytes: Data {
    func raw<Value>(_ values: [Value]) -> Data { values.withUnsafeBytes { Data($0) } }
    return switch self {
    case .float32(let values): raw(values)
    case .int32(let values): raw(values)
    case .int64(let values): raw(values)
    case .uint8(let values): Data(values)
    }
  }

  /// Makes `count` values of a type from little-endian bytes; nil for a type that is not read, or another number of
  /// bytes.
  init?(type: String, count: Int, bytes: Data) {
    func values<Value>(_ zero: Value) -> [Value]? {
      guard count.multipliedReportingOverflow(by: MemoryLayout<Value>.size) == (bytes.count, false) else { return nil }
      var values = [Value](repeating: zero, count: count)
      values.withUnsafeMutableBytes { _ = bytes.copyBytes(to: $0) }
      return values
    }
    switch type {
    case "F32": self.init(values(Float(0)).map { .float32($0) })
    case "I32": self.init(values(Int32(0)).map { .int32($0) })
    case "I64": self.init(values(Int64(0)).map { .int64($0) })
    case "U8": self.init(values(UInt8(0)).map { .uint8($0) })
    default: return nil
    }
  }

  private init?(_ values: Self?) {
    guard let values else { return nil }
    self = values
  }
}
