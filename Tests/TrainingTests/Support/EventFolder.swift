import Foundation

/// A folder of TensorBoard's event files as its reader sees it; written without the product's encoder, bit by bit.
enum EventFolder {
  struct Event: Equatable {
    var time = 0.0
    var step = 0
    var fileVersion: String?
    /// SessionLog.status.
    var session: UInt64?
    var scalars: [Scalar] = []
  }

  struct Scalar: Equatable {
    var tag: String
    var value: Float
  }

  struct Point: Equatable {
    var step: Int
    var value: Float
  }

  struct Unreadable: Error, CustomStringConvertible { var description: String }

  /// The files in the order in which they are read.
  static func files(in folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("tfevents") }.sorted()
      .map { folder.appending(path: $0) }
  }

  /// Every scalar that is shown, by tag: a START makes what has its step or a higher one void.
  static func curves(in folder: URL) throws -> [String: [Point]] {
    var curves: [String: [Point]] = [:]
    for event in try files(in: folder).flatMap({ try events(Data(contentsOf: $0)) }) {
      if event.session == 1 {
        for tag in curves.keys { curves[tag]?.removeAll { $0.step >= event.step } }
      }
      for scalar in event.scalars {
        curves[scalar.tag, default: []].append(Point(step: event.step, value: scalar.value))
      }
    }
    return curves
  }

  /// The events of a file up to a record that is cut; throws where a checksum is wrong.
  static func events(_ file: Data) throws -> [Event] {
    var rest = Array(file)[...]
    var events: [Event] = []
    while rest.count >= 12 {
      let header = rest.prefix(8)
      guard number(rest.dropFirst(8).prefix(4)) == UInt64(masked(header)) else {
        throw Unreadable(description: "the length's checksum of record \(events.count)")
      }
      let length = Int(number(header))
      guard rest.count >= 16 + length else { break }
      let data = rest.dropFirst(12).prefix(length)
      guard number(rest.dropFirst(12 + length).prefix(4)) == UInt64(masked(data)) else {
        throw Unreadable(description: "the checksum of record \(events.count)")
      }
      events.append(try event(data))
      rest = rest.dropFirst(16 + length)
    }
    return events
  }

  private static func event(_ data: ArraySlice<UInt8>) throws -> Event {
    var event = Event()
    for (field, value) in try fields(data) {
      switch field {
      case 1: event.time = Double(bitPattern: number(value))
      case 2: event.step = Int(number(value))
      case 3: event.fileVersion = String(decoding: value, as: UTF8.self)
      case 5: event.scalars = try fields(value).map { try scalar($0.value) }
      case 7: event.session = try fields(value).first { $0.field == 1 }.map { number($0.value) }
      default: throw Unreadable(description: "an event's field \(field)")
      }
    }
    return event
  }

  private static func scalar(_ data: ArraySlice<UInt8>) throws -> Scalar {
    var scalar = Scalar(tag: "", value: .nan)
    for (field, value) in try fields(data) {
      switch field {
      case 1: scalar.tag = String(decoding: value, as: UTF8.self)
      case 2: scalar.value = Float(bitPattern: UInt32(number(value)))
      default: throw Unreadable(description: "a value's field \(field)")
      }
    }
    return scalar
  }

  /// The fields of a message; a number is its little-endian bytes.
  private static func fields(_ data: ArraySlice<UInt8>) throws -> [(field: Int, value: ArraySlice<UInt8>)] {
    var rest = data
    func varint() -> UInt64 {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while let byte = rest.popFirst() {
        value |= UInt64(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 { break }
      }
      return value
    }
    var fields: [(field: Int, value: ArraySlice<UInt8>)] = []
    while !rest.isEmpty {
      let key = varint()
      let count: Int
      switch key & 7 {
      case 0:
        let value = varint()
        fields.append((Int(key >> 3), (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }[...]))
        continue
      case 1: count = 8
      case 2: count = Int(varint())
      case 5: count = 4
      default: throw Unreadable(description: "the wire type \(key & 7)")
      }
      guard rest.count >= count else { throw Unreadable(description: "a field beyond its message") }
      fields.append((Int(key >> 3), rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return fields
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// CRC-32C by division, turned and offset as TFRecord has it.
  private static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var rest = ~UInt32(0)
    for byte in bytes {
      for bit in 0..<8 {
        let one = (rest ^ UInt32(byte) >> bit) & 1 == 1
        rest = rest >> 1 ^ (one ? 0x82F6_3B78 : 0)
      }
    }
    let checksum = ~rest
    return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }
}
