import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct TextFileTests {
  private func read(_ bytes: some Sequence<UInt8>) throws -> TextFile {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "list.txt")
      try Data(bytes).write(to: file)
      return try TextFile(file)
    }
  }

  @Test("lines are the same with the line ends and the encodings of every system")
  func systems() throws {
    let lines = [TextFile.Line(number: 1, text: "n1 tench"), TextFile.Line(number: 3, text: "n2 kité, 鳶")]
    let text = "n1 tench\n\n n2 kité, 鳶 \n"
    #expect(try read(text.utf8).lines == lines)
    for end in ["\r\n", "\r"] { #expect(try read(text.replacing("\n", with: end).utf8).lines == lines) }
    #expect(try read(("\u{FEFF}" + text).utf8).lines == lines)
    let wide = text.replacing("\n", with: "\r\n").utf16
    #expect(try read([0xFF, 0xFE] + wide.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }).lines == lines)
    #expect(try read([0xFE, 0xFF] + wide.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }).lines == lines)
  }

  @Test("what is no text is refused by its name, and by the line where there is one")
  func noText() {
    let latin = #expect(throws: TextFileError.self) { try read(Array("n1 a\nn2 caf".utf8) + [0xE9, 10]) }
    #expect(latin?.description.hasSuffix("list.txt: line 2 is not UTF-8: save it as UTF-8 text") == true)
    let binary = #expect(throws: TextFileError.self) { try read([65, 0, 66]) }
    #expect(binary?.description.contains("list.txt: holds zero bytes") == true)
  }

  @Test("where a file cannot be read the error has the system's reason")
  func reasons() throws {
    try withTemporaryFolder { folder in
      let loop = folder.appending(path: "loop")
      try FileManager.default.createSymbolicLink(atPath: loop.path, withDestinationPath: loop.path)
      for (file, reason) in [
        (folder.appending(path: "none"), "No such file or directory"), (folder, "Is a directory"),
        (loop, "Too many levels of symbolic links"), (URL(filePath: "/etc/passwd/x"), "Not a directory"),
      ] {
        let error = #expect(throws: FileError.self) { try TextFile(file) }
        #expect(error?.description.hasPrefix(file.path) == true)
        #expect(error?.description.hasSuffix(reason) == true, "\(error?.description ?? "")")
        #expect(error?.exitCode == .noInput)
      }
    }
  }

  @Test("a pipe is read to its end")
  func pipe() throws {
    try withTemporaryFolder { folder in
      let fifo = folder.appending(path: "fifo")
      #expect(mkfifo(fifo.path, 0o600) == 0)
      let line = String(repeating: "x", count: 99)
      let writer = Process()
      writer.executableURL = URL(filePath: "/bin/sh")
      writer.arguments = ["-c", "yes \(line) | head -n 20000 > \(fifo.path)"]
      try writer.run()
      #expect(try TextFile(fifo).lines.count == 20_000)
      writer.waitUntilExit()
    }
  }
}
