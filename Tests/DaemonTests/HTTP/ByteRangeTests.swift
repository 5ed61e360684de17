import Testing

@testable import Daemon

/// Which part of a file of 100 bytes a `Range` asks for.
@Suite struct ByteRangeTests {
  @Test(
    "one range that is understood is taken, cut at the file's end; anything else is the whole",
    arguments: [
      (nil, .whole), ("bytes=0-9", .part(0..<10)), ("bytes=90-", .part(90..<100)), ("bytes=-7", .part(93..<100)),
      ("bytes=95-200", .part(95..<100)), ("bytes=-200", .part(0..<100)), ("bytes=100-", .unsatisfiable),
      ("bytes=-0", .unsatisfiable), ("bytes=9-0", .whole), ("bytes=0-1,5-6", .whole), ("bytes=-", .whole),
      ("lines=0-9", .whole), ("bytes=99999999999999999999-", .unsatisfiable),
      ("bytes=5-99999999999999999999", .part(5..<100)), ("bytes=-99999999999999999999", .part(0..<100)),
    ] as [(String?, ByteRange)])
  func range(header: String?, expected: ByteRange) {
    #expect(ByteRange(header, size: 100) == expected)
  }

  @Test("an empty file has no part") func empty() {
    #expect(ByteRange("bytes=0-", size: 0) == .unsatisfiable)
  }
}
