import Foundation
import TestSupport
import Testing

/// What a build says where standard error is a terminal.
@Suite struct BuildLineTests {
  @Test("the line ends once, when every image is counted, and what is said after it has a line of its own")
  func finished() throws {
    let lines = try lines(.folder, exitCode: 0) { _ in }
    let line = try #require(lines.first { $0.contains("shards ") })
    #expect(line.contains("shards ████████████████████ 48/48 images"), "\(lines)")
    #expect(line.contains("ETA 0:00") && line.contains("MB/s  shard "), "\(lines)")
    #expect(lines.contains { $0.hasPrefix("dataprep: 48 images in ") }, "\(lines)")
    #expect(!lines.contains(""), "\(lines)")
  }

  @Test("an error at the end of a build has a line of its own too")
  func refused() throws {
    let lines = try lines(.folder, exitCode: 65) {
      try Data("no picture".utf8).write(to: $0.appending(path: "class 1/001.JPEG"))
    }
    let line = try #require(lines.first { $0.contains("shards ") })
    #expect(line.hasSuffix("1 skipped"), "\(lines)")
    #expect(lines.contains { $0.hasPrefix("dataprep: ") && $0.contains("1 of 48 images cannot be used") }, "\(lines)")
    #expect(!lines.contains(""), "\(lines)")
  }

  @Test("an error before the line was drawn follows no empty one")
  func undrawn() throws {
    let lines = try lines(.imagenetTars, exitCode: 65) { files in
      // The first archive is looked through before; in the second there is no header.
      let file = try FileHandle(forWritingTo: files.appending(path: "n90000001.tar"))
      try file.write(contentsOf: Data(repeating: 0xFF, count: 512))
    }
    #expect(lines.contains { $0.hasPrefix("dataprep: ") && $0.contains("n90000001.tar: ") }, "\(lines)")
    #expect(!lines.contains(""), "\(lines)")
  }

  /// The lines that a build of 48 images writes to a terminal.
  private func lines(
    _ source: SmallSource, exitCode: Int, _ change: (URL) throws -> Void
  ) throws -> [String] {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try source.make(in: files)
      try change(files)
      let terminal = """
        import os, pty, subprocess, sys
        ours, theirs = pty.openpty()
        tool = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        try:
            while piece := os.read(ours, 4096): sys.stdout.buffer.write(piece)
        except OSError: pass  # The end, said in Linux's way.
        sys.stdout.buffer.write(b"exit code %d" % tool.wait())
        """
      let text = try Python.run(
        program: terminal,
        arguments: [Repository.tools.appending(path: "dataprep").path]
          + SmallBuild.arguments(source, files, to: folder.appending(path: "set")))
      // The terminal makes two bytes of the end of a line.
      let lines = text.components(separatedBy: "\r\n")
      #expect(lines.last == "exit code \(exitCode)", "\(lines)")
      return lines.dropLast()
    }
  }
}
