import Foundation
import Synchronization
import Testing

@testable import DataPrep

@Suite struct DecodingMemoryTests {
  @Test("pictures wait for one another, so that together they stay below the limit")
  func bounded() {
    let used = Mutex((now: 0, most: 0))
    let bytes = DecodingMemory.limit / 3
    DispatchQueue.concurrentPerform(iterations: 32) { _ in
      try? DecodingMemory.use(bytes) { () throws(UndecodableImage) in
        used.withLock {
          $0.now += bytes
          $0.most = max($0.most, $0.now)
        }
        usleep(1_000)
        used.withLock { $0.now -= bytes }
      }
    }
    #expect(used.withLock { $0.now } == 0)
    #expect((bytes...DecodingMemory.limit).contains(used.withLock { $0.most }))
  }

  @Test("a picture that alone is above the limit is refused; one that fails gives its memory back")
  func refused() throws {
    let tooMuch = DecodingMemory.limit + 1
    #expect(throws: UndecodableImage("it takes 400 MiB to decode, more than 400")) {
      try DecodingMemory.use(tooMuch) { () throws(UndecodableImage) in }
    }
    for _ in 0..<3 {
      #expect(throws: UndecodableImage("broken")) {
        try DecodingMemory.use(DecodingMemory.limit) { () throws(UndecodableImage) in throw UndecodableImage("broken") }
      }
    }
  }

  @Test("a file that is decoded in one pass is told from those that are not")
  func scans() throws {
    let frame: [UInt8] = [0xFF, 0xC0, 0, 17, 8, 0, 1, 0, 1, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]
    let scan: [UInt8] = [0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0, 0, 0]
    let start: [UInt8] = [0xFF, 0xD8]
    #expect(JPEGScans.isOne(in: start + frame + scan))
    #expect(JPEGScans.isOne(in: start + [0xFF, 0xFE, 0, 4, 0xFF, 0xC2, 1, 2, 0xFF] + frame + scan))
    var first = scan
    first[4] = 1
    #expect(!JPEGScans.isOne(in: start + frame + first))
    var progressive = frame
    progressive[1] = 0xC2
    #expect(!JPEGScans.isOne(in: start + progressive + scan))
    #expect(!JPEGScans.isOne(in: start + frame))
    #expect(!JPEGScans.isOne(in: start))
  }
}
