import Files
import Foundation
import TestSupport
import Testing

@testable import DataPrep

@Suite struct TarReaderTests {
  /// A tar archive that is put together block by block.
  private struct Archive {
    var bytes: [UInt8] = []

    /// A header with these fields, the checksum right, and the content after it.
    mutating func add(
      _ name: String, _ content: [UInt8] = [], type: Character = "0", prefix: String = "", size: [UInt8]? = nil
    ) {
      var block = [UInt8](repeating: 0, count: 512)
      func put(_ text: [UInt8], _ offset: Int) { block.replaceSubrange(offset..<offset + text.count, with: text) }
      put(Array(name.utf8), 0)
      put(size ?? Array(octal(content.count, 11).utf8), 124)
      put(Array(String(type).utf8), 156)
      put(Array("ustar\0".utf8), 257)
      put(Array(prefix.utf8), 345)
      put(Array("        ".utf8), 148)
      put(Array((octal(block.reduce(0) { $0 + Int($1) }, 6) + "\0 ").utf8), 148)
      bytes += block + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    func octal(_ value: Int, _ digits: Int) -> String {
      let text = String(value, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }

    /// Reads the names and contents of its files.
    func read(end: Bool = true) throws -> [(name: String, content: [UInt8])] {
      try withTemporaryFolder { folder in
        let file = folder.appending(path: "a.tar")
        try Data(bytes + (end ? [UInt8](repeating: 0, count: 1024) : [])).write(to: file)
        var reader = TarReader(try ForwardFile(file.path))
        var entries: [(String, [UInt8])] = []
        while let entry = try reader.nextEntry() { entries.append((entry.name, try reader.read(entry))) }
        return entries
      }
    }
  }

  @Test("names are taken as they are, absolute ones and .. too, and joined with ustar's prefix")
  func names() throws {
    var archive = Archive()
    let names = ["plain.jpg", "/etc/absolute.jpg", "../../up.jpg", String(repeating: "x", count: 100)]
    for name in names { archive.add(name, [1]) }
    archive.add("last.jpg", prefix: "some/folder")
    #expect(try archive.read().map(\.name) == names + ["some/folder/last.jpg"])
  }

  @Test("GNU's long names and pax's paths and sizes belong to the next file")
  func longNames() throws {
    let long = String(repeating: "long/", count: 50) + "name.jpg"
    var archive = Archive()
    archive.add("././@LongLink", Array(long.utf8) + [0], type: "L")
    archive.add("cut off", [1, 2])
    archive.add("short", [3])
    archive.add("PaxHeaders/x", Array("15 path=é.jpg\n".utf8), type: "x")
    archive.add("ascii", [4])
    archive.add("PaxHeaders/x", Array("9 size=3\n".utf8), type: "x")
    archive.add("sized", [5, 6, 7], size: Array("00000000000".utf8))
    let entries = try archive.read()
    #expect(entries.map(\.name) == [long, "short", "é.jpg", "sized"])
    #expect(entries.map(\.content) == [[1, 2], [3], [4], [5, 6, 7]])
  }

  @Test("folders and global headers are no files, and links have no content; sizes may be binary")
  func kinds() throws {
    var archive = Archive()
    archive.add("pax_global_header", Array("20 comment=whatever\n".utf8), type: "g")
    archive.add("folder/", type: "5")
    archive.add("link", type: "1", size: Array("00000000777".utf8))
    archive.add("symbolic", type: "2")
    archive.add("binary", [8, 9], size: [0x80] + [UInt8](repeating: 0, count: 10) + [2])
    archive.add("old", [1], type: "\0")
    let entries = try archive.read()
    #expect(entries.map(\.name) == ["link", "symbolic", "binary", "old"])
    #expect(entries.map(\.content) == [[], [], [8, 9], [1]])
  }

  @Test("Python's tarfile in each of its formats is read as it was written")
  func python() throws {
    try withTemporaryFolder { folder in
      let program = """
        import io, sys, tarfile
        for form in [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]:
            with tarfile.open(f"{sys.argv[1]}/{form}.tar", "w", format=form) as archive:
                for name in ["a.jpg", "d/" * 60 + "b.jpg", "c.jpg"]:
                    entry = tarfile.TarInfo(name)
                    entry.size = 700
                    archive.addfile(entry, io.BytesIO(name[:1].encode() * 700))
        """
      _ = try Python.run(program: program, arguments: [folder.path])
      for form in 0..<3 {
        var reader = TarReader(try ForwardFile(folder.appending(path: "\(form).tar").path))
        for name in ["a.jpg", String(repeating: "d/", count: 60) + "b.jpg", "c.jpg"] {
          let entry = try #require(try reader.nextEntry())
          #expect(entry.name == name)
          #expect(try reader.read(entry) == Array(repeating: name.utf8.first, count: 700))
        }
        #expect(try reader.nextEntry()?.name == nil)
      }
    }
  }

  @Test("a header with a wrong checksum, a sparse file, and a size beyond the end are errors with the byte")
  func damaged() throws {
    func message(_ change: (inout Archive) -> Void) throws -> String {
      var archive = Archive()
      archive.add("first", [1])
      change(&archive)
      return try #require(#expect(throws: DataPrepError.self) { try archive.read() }).description
    }
    #expect(try message { $0.bytes += [UInt8](repeating: 7, count: 512) }.contains("no tar header at byte 1024"))
    #expect(try message { $0.add("holes", type: "S") }.contains("sparse file"))
    #expect(try message { $0.add("huge", size: Array("77777777777".utf8)) }.contains("in huge of 8589934591 bytes"))
    let enormous = [0x80] + [UInt8](repeating: 0xFF, count: 11)
    #expect(try message { $0.add("enormous", size: enormous) }.contains("no tar header at byte 1024"))
    #expect(try message { $0.add("x", Array("99 path=a\n".utf8), type: "x") }.contains("a pax header at byte"))
  }

  @Test(
    "the zeros at the end fill a record, of 10 KiB or a power of two; more, or zeros that go on, are parts not fetched")
  func padding() throws {
    func read(_ zeros: Int, _ behind: [UInt8] = []) throws -> Int {
      var archive = Archive()
      archive.add("first", [1])
      archive.bytes += [UInt8](repeating: 0, count: zeros) + behind
      return try archive.read(end: false).count
    }
    // The file and its header have 1024 bytes.
    for record in [10 << 10, 2048, 4096, 64 << 10] { #expect(try read(record - 1024) == 1) }
    for zeros in [512, 1024] { #expect(try read(zeros) == 1) }
    for zeros in [1536, 10 << 10, (20 << 10) - 1024, (30 << 10) - 1024, (64 << 10) + 512, 1 << 20] {
      let tail = #expect(throws: DataPrepError.self) { try read(zeros) }
      #expect(tail?.description.contains("more zeros from byte 1024 on than its end: a part was not fetched") == true)
    }
    for zeros in [512, 4096, 63 << 10] {
      let hole = #expect(throws: DataPrepError.self) { try read(zeros, [7]) }
      #expect(hole?.description.contains("goes on at byte \(1024 + zeros), after zeros from byte 1024 on") == true)
    }
  }

  @Test("an archive without the zeros at its end was cut off")
  func noEnd() throws {
    var archive = Archive()
    archive.add("first", [1])
    let error = #expect(throws: DataPrepError.self) { try archive.read(end: false) }
    #expect(error?.description.contains("ends at byte 1024 without the block of zeros") == true)
  }
}
