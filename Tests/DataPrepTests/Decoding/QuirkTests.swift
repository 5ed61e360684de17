import Foundation
import TestSupport
import Testing

@testable import DataPrep

/// What the real files do that they should not.
@Suite struct QuirkTests {
  private func withImages(_ body: (MadeImages) throws -> Void) throws {
    try withTemporaryFolder { try body(MadeImages(in: $0)) }
  }

  private func decode(_ file: [UInt8], maxPixels: Int = 1_000_000) throws -> DecodedImage {
    let settings = DecodingSettings(size: 32, filter: .box, mode: .full, maxPixels: maxPixels)
    return ImageDecoder(settings).decode(file)
  }

  private static let jpegs = ["RGB-plain-500x375.jpg", "RGB-progressive-500x375.jpg", "L-plain-500x375.jpg"]

  @Test("a JPEG that lacks nothing but its end marker is kept without a warning", arguments: jpegs, [1, 2])
  func endMarker(name: String, missing: Int) throws {
    try withImages { images in
      let whole = try images.file(name)
      let pixels = try decode(whole).flawless()
      #expect(try decode(whole.dropLast(missing)).flawless() == pixels)
    }
  }

  @Test("a JPEG that lacks data is skipped, with or without an end marker, early or late", arguments: jpegs)
  func lostData(name: String) throws {
    try withImages { images in
      let whole = try images.file(name)
      for kept in [whole.count / 2, whole.count - 500] {
        for end: [UInt8] in [[], [0xFF, 0xD9]] {
          let reason = try decode(whole.prefix(kept) + end).reason
          #expect(reason == "lost data: Corrupt JPEG data: premature end of data segment")
        }
      }
    }
  }

  @Test("a JPEG that ends in its header is skipped, as is one that is only its first bytes")
  func cutHeader() throws {
    try withImages { images in
      let whole = try images.file("RGB-plain-500x375.jpg")
      for kept in [3, 20, 200, 600] {
        #expect(try decode([UInt8](whole.prefix(kept))).reason != nil)
      }
    }
  }

  @Test("other complaints of the decoder keep the image, and are told", arguments: jpegs)
  func warning(name: String) throws {
    try withImages { images in
      var file = try images.file(name)
      let pixels = try decode(file).flawless()
      let tables = try #require(file.indices.first { file[$0...].starts(with: [0xFF, 0xDB]) })
      file.insert(contentsOf: [0, 1, 2], at: tables)
      let expected = DecodedImage.pixels(
        pixels, warning: "Corrupt JPEG data: 3 extraneous bytes before marker 0xdb")
      #expect(try decode(file) == expected)
      #expect(try decode(file.dropLast(2)) == expected)
    }
  }

  @Test("lost data is found though the decoder complains of something else after it")
  func lostThenOther() throws {
    try withImages { images in
      let file = try images.file("RGB-plain-500x375.jpg")
      let damaged = file.prefix(file.count / 2) + [0xFF, 0xD0, 0, 1, 2, 0xFF, 0xD9]
      #expect(try decode([UInt8](damaged)).reason?.hasPrefix("lost data: ") == true)
    }
  }

  @Test("an image with an error after another complaint is skipped, though the decoder calls both a warning")
  func errorAfterWarning() throws {
    try withImages { images in
      var file = try images.file("RGB-progressive-500x375.jpg")
      let codes = try #require(file.indices.last { file[$0...].starts(with: [0xFF, 0xC4]) })
      file[codes + 4] = 0x7F
      let tables = try #require(file.indices.first { file[$0...].starts(with: [0xFF, 0xDB]) })
      file.insert(contentsOf: [0, 1, 2], at: tables)
      #expect(try decode(file).reason == "Bogus DHT index 111")
    }
  }

  @Test("complaints keep an image whose last row is black")
  func blackLastRow() throws {
    try withImages { images in
      var file = try images.file("black-32x32.jpg")
      let pixels = try decode(file).flawless()
      #expect(pixels.allSatisfy { $0 == 0 })
      let tables = try #require(file.indices.first { file[$0...].starts(with: [0xFF, 0xDB]) })
      file.insert(contentsOf: [0, 1, 2], at: tables)
      let warning = "Corrupt JPEG data: 3 extraneous bytes before marker 0xdb"
      #expect(try decode(file) == .pixels([UInt8](repeating: 0, count: 32 * 32 * 3), warning: warning))
    }
  }

  @Test("an EXIF orientation is ignored")
  func orientation() throws {
    try withImages { images in
      let tagged = try images.file("rotated-60x40.jpg")
      // After the two bytes of the start, the EXIF segment is where its marker and length say.
      let segment = tagged.indices.first { tagged[$0...].starts(with: [0xFF, 0xE1]) }
      let start = try #require(segment)
      let end = start + 2 + Int(tagged[start + 2]) << 8 + Int(tagged[start + 3])
      let untagged = tagged[..<start] + tagged[end...]
      #expect(try decode(tagged).flawless() == decode([UInt8](untagged)).flawless())
    }
  }

  @Test("an image of more pixels than allowed is skipped, one of as many is not")
  func bomb() throws {
    try withImages { images in
      var huge = try images.file("RGB-500x375.png")
      huge.replaceSubrange(16..<24, with: [UInt8](repeating: 0xFF, count: 8))
      #expect(try decode(huge).reason == "4294967295×4294967295 is more than 1000000 pixels")
      for name in ["RGB-plain-500x375.jpg", "RGB-500x375.png"] {
        let file = try images.file(name)
        #expect(try decode(file, maxPixels: 187_499).reason == "500×375 is more than 187499 pixels")
        #expect(try decode(file, maxPixels: 187_500).reason == nil)
      }
    }
  }

  @Test("a progressive image whose coefficients would fill the memory is skipped before it is decoded")
  func coefficients() throws {
    try withImages { images in
      var file = try images.file("RGB-progressive-500x375.jpg")
      let frame = try #require(file.indices.first { file[$0...].starts(with: [0xFF, 0xC2]) })
      file.replaceSubrange(frame + 5..<frame + 9, with: [0x23, 0x28, 0x23, 0x28])  // 9000 × 9000
      #expect(try decode(file, maxPixels: 100_000_000).reason == "it takes 463 MiB to decode, more than 400")
    }
  }

  @Test("a damaged PNG is skipped: cut, or with a byte changed")
  func damagedPNG() throws {
    try withImages { images in
      let file = try images.file("RGB-500x375.png")
      #expect(try decode(file.dropLast(1000)).reason != nil)
      #expect(try decode([UInt8](file.prefix(30))).reason != nil)
      #expect(try decode([UInt8](file.prefix(10))).reason == "PNG without a header")
      var changed = file
      changed[file.count / 2] ^= 1
      #expect(try decode(changed).reason != nil)
    }
  }

  @Test("a file that is neither a JPEG nor a PNG is skipped")
  func neither() throws {
    #expect(try decode([]).reason == "empty file")
    for text in ["<html>", "GIF89a", "\u{FF}", "BM"] {
      #expect(try decode(Array(text.utf8)).reason == "neither a JPEG nor a PNG file")
    }
  }
}
