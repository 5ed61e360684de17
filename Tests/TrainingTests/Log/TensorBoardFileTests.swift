import Foundation
import TestSupport
import Testing

@testable import Training

/// The event files, against a decoder of the tests' own and known values.
@Suite struct TensorBoardFileTests {
  static let time = Date(timeIntervalSince1970: 1_700_000_000)

  static func scalar(_ step: Int, _ value: Double = 1) -> TensorBoardEvent {
    TensorBoardEvent(time: time, step: step, content: .scalars([("loss", value)]))
  }

  @Test(
    "the checksum has the values of RFC 3720, appendix B.4",
    arguments: [
      (Array(repeating: 0, count: 32), 0x8A91_36AA), (Array(repeating: 0xFF, count: 32), 0x62A8_AB43),
      (Array(0..<32), 0x46DD_794E), ((0..<32).reversed(), 0x113F_DB5C), (Array("123456789".utf8), 0xE306_9283),
      ([], 0),
    ] as [([UInt8], UInt32)])
  func checksum(bytes: [UInt8], expected: UInt32) {
    #expect(CRC32C.checksum(bytes) == expected)
  }

  @Test("a record is the same as TensorBoard's own, byte for byte")
  func record() {
    let event = TensorBoardEvent(
      time: Date(timeIntervalSince1970: 1.5), step: 300, content: .scalars([("a", 2), ("b", -0.5)]))
    let message: [UInt8] =
      [0x09, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F]  // wall_time
      + [0x10, 0xAC, 0x02]  // step
      + [0x2A, 20]  // summary
      + [0x0A, 8, 0x0A, 1, 0x61, 0x15, 0, 0, 0, 0x40]  // value: tag, simple_value
      + [0x0A, 8, 0x0A, 1, 0x62, 0x15, 0, 0, 0, 0xBF]
    #expect(Array(event.message.bytes) == message)
    let record = TFRecord.encoded(event.message.bytes)
    #expect(Array(record.prefix(8)) == [UInt8(message.count), 0, 0, 0, 0, 0, 0, 0])
    #expect(record.count == message.count + 16)
  }

  @Test("a file of events begins with its version and a start; then come the events")
  func file() throws {
    try withTemporaryFolder { folder in
      let file = try TensorBoardFile(in: folder, from: 7, at: Self.time)
      try file.append(Self.scalar(8, 0.25))
      let url = try #require(try EventFolder.files(in: folder).first)
      #expect(url.lastPathComponent == "events.out.tfevents.1700000000.000001.lopt")
      let events = try EventFolder.events(Data(contentsOf: url))
      #expect(
        events == [
          .init(time: 1_700_000_000, step: 0, fileVersion: "brain.Event:2"),
          .init(time: 1_700_000_000, step: 7, session: 1),
          .init(time: 1_700_000_000, step: 8, scalars: [.init(tag: "loss", value: 0.25)]),
        ])
    }
  }

  @Test("each start's file comes after all others by name: in the same second, and when the clock goes back")
  func order() throws {
    var names: [String] = []
    for seconds in [1_700_000_000, 1_700_000_000, 5, 1_700_000_001, 1_600_000_000] {
      names.append(TensorBoardFile.name(after: names.last, at: Date(timeIntervalSince1970: Double(seconds))))
    }
    #expect(names == names.sorted() && Set(names).count == names.count)
    #expect(names.last == "events.out.tfevents.1700000001.000005.lopt")
  }

  @Test("whatever numbers a name in the folder has, the next name can be made")
  func extremeNames() {
    let now = Date(timeIntervalSince1970: 1_700_000_000)
    for (last, next) in [
      ("1700000000.999999.lopt", "1700000001.000001"), ("1700000000.9223372036854775807.lopt", "1700000000.000001"),
      ("9223372036854775807.9223372036854775807.lopt", "1700000000.000001"), ("-5.-5.lopt", "1700000000.000001"),
      ("1700000007.host.12.0", "1700000007.000001"), ("", "1700000000.000001"),
    ] {
      let name = TensorBoardFile.name(after: "events.out.tfevents.\(last)", at: now)
      #expect(name == "events.out.tfevents.\(next).lopt", "\(last)")
    }
  }

  @Test("events after a start replace those of its step and later ones: no step appears twice, none is lost")
  func restart() throws {
    try withTemporaryFolder { folder in
      let first = try TensorBoardFile(in: folder, from: 0, at: Self.time)
      for step in 1...5 { try first.append(Self.scalar(step, 1)) }
      let second = try TensorBoardFile(in: folder, from: 3, at: Self.time)
      for step in 3...6 { try second.append(Self.scalar(step, 2)) }
      let points = try EventFolder.curves(in: folder)["loss"] ?? []
      #expect(points.map(\.step) == Array(1...6))
      #expect(points.map(\.value) == [1, 1, 2, 2, 2, 2])
    }
  }

  @Test("a record that was cut, wherever, is removed from its file by the next start")
  func cut() throws {
    try withTemporaryFolder { folder in
      let first = try TensorBoardFile(in: folder, from: 0)
      try first.append(Self.scalar(1))
      let url = try #require(try EventFolder.files(in: folder).first)
      let sound = try Data(contentsOf: url)
      try first.append(Self.scalar(2))
      let whole = try Data(contentsOf: url)
      for length in sound.count..<whole.count {
        try whole.prefix(length).write(to: url)
        let next = folder.appending(path: "again")
        try FileManager.default.createDirectory(at: next, withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: url, to: next.appending(path: url.lastPathComponent))
        _ = try TensorBoardFile(in: next, from: 1)
        #expect(try Data(contentsOf: next.appending(path: url.lastPathComponent)) == sound, "cut at \(length)")
        try FileManager.default.removeItem(at: next)
      }
      #expect(TFRecord.soundLength(of: whole) == whole.count)
      var damaged = whole
      damaged[whole.count - 6] ^= 1
      #expect(TFRecord.soundLength(of: damaged) == sound.count)
      #expect(TFRecord.soundLength(of: sound + Data(count: 100)) == sound.count)
    }
  }
}
