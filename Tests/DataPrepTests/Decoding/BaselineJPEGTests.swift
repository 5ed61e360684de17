import Foundation
import TestSupport
import Testing

@testable import DataPrep

@Suite struct BaselineJPEGTests {
  private func withImages(_ body: (MadeImages) throws -> Void) throws {
    try withTemporaryFolder { try body(MadeImages(in: $0)) }
  }

  @Test("common JPEGs of every size are decoded to what libjpeg-turbo makes of them, within 3", arguments: [2, 4, 8])
  func likeTurboJPEG(reduction: Int) throws {
    try withImages { images in
      var compared = 0
      for name in images.names where !name.hasSuffix("png") {
        guard ["RGB", "L-"].contains(where: name.hasPrefix), !name.contains("progressive") else { continue }
        let file = try images.file(name)
        let pixels = try #require(BaselineJPEG(file)?.decode(reduction: reduction), "\(name)")
        let expected = try TurboJPEG(file).decode(file, reduction: reduction).pixels
        #expect(pixels.count == expected.count, "\(name)")
        #expect(largestDifference(pixels, expected) <= 3, "\(name)")
        compared += 1
      }
      #expect(compared == 60)
    }
  }

  @Test("a progressive JPEG, a CMYK one and a PNG are left to the libraries")
  func otherKinds() throws {
    try withImages { images in
      for name in ["RGB-progressive-500x375.jpg", "CMYK-plain-500x375.jpg", "RGB-500x375.png"] {
        let file = try images.file(name)
        #expect(BaselineJPEG(file) == nil)
      }
    }
  }

  @Test(
    "the least flaw is left to libjpeg-turbo, which knows what to say of it",
    arguments: ["RGB-plain-500x375.jpg", "RGB-restarts-500x375.jpg", "L-plain-500x375.jpg"])
  func flaws(name: String) throws {
    try withImages { images in
      let file = try images.file(name)
      let flawed: [String: [UInt8]] = [
        "no end marker": file.dropLast(2), "half an end marker": file.dropLast(1),
        "bytes before the end marker": file.dropLast(2) + [1, 2] + file.suffix(2),
        "data missing": file.dropLast(40) + [0xFF, 0xD9],
        "a marker in the middle": inserting([0xFF, 0xD0], into: file),
        "zeros in the middle": inserting([UInt8](repeating: 0, count: 20_000), into: file),
      ]
      for (flaw, bytes) in flawed {
        #expect(BaselineJPEG(bytes)?.decode(reduction: 4) == nil, "\(flaw)")
      }
      let scaled = ImageDecoder(.scaled(32))
      #expect(try scaled.decode(file.dropLast(2)).flawless().count == 32 * 32 * 3)
      #expect(scaled.decode(file.dropLast(40) + [0xFF, 0xD9]).reason?.hasPrefix("lost data") == true)
    }
  }

  private func inserting(_ bytes: [UInt8], into file: [UInt8]) -> [UInt8] {
    file.prefix(file.count / 2) + bytes + file.suffix(file.count - file.count / 2)
  }

  @Test("a header that is cut anywhere, or says what cannot be, is left to libjpeg-turbo")
  func headers() throws {
    try withImages { images in
      let file = try images.file("RGB-restarts-31x33.jpg")
      let scan = try #require(file.indices.first { file[$0...].starts(with: [0xFF, 0xDA]) })
      for kept in 2..<scan + 14 { #expect(BaselineJPEG([UInt8](file.prefix(kept))) == nil) }
      for offset in 2..<scan {
        for bit in 0..<8 {
          var changed = file
          changed[offset] ^= 1 << bit
          // Whatever is made of it: it stays within its buffers, which the sanitizer sees.
          if let pixels = BaselineJPEG(changed)?.decode(reduction: 2) { #expect(pixels.count % 3 == 0) }
        }
      }
    }
  }
}
