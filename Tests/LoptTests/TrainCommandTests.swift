import Foundation
import Shards
import TestSupport
import Testing

/// `lopt train` on a terminal.
@Suite struct TrainCommandTests {
  @Test("the log's lines begin where a bar is drawn too, and Ctrl-C says with what command the run goes on")
  func terminal() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let file = folder.appending(path: "lopt.json")
      try Data(
        """
        {"datasets": ["\(data.folder.path)"], "state": "\(folder.path)/state", "threads": 1,
         "outer": {"pairs": 2, "curriculum": {"from": 2, "to": 2}}, "inner": {"batch": 4, "life": {"from": 10, "to": 10}},
         "snapshot": {"every_seconds": 0.3, "free_mib": 0}}
        """.utf8
      ).write(to: file)
      let program = """
        import os, pty, sys
        child, terminal = pty.fork()
        if child == 0: os.execv(sys.argv[1], sys.argv[1:])
        text = b""
        sent = False
        while True:
            try: piece = os.read(terminal, 65536)
            except OSError: break
            text += piece
            if not sent and text.count(b"info snapshot") >= 4:
                os.write(terminal, b"\\x03")
                sent = True
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        sys.stdout.buffer.write(text)
        """
      let arguments = [Repository.tools.appending(path: "lopt").path, "train", "--config", file.path]
      let text = try Python.run(program: program, arguments: arguments)
      let lines = text.split(separator: "\r\n").map(String.init)
      // A terminal's line begins anew at \r.
      #expect(lines.filter { $0.contains("\u{1B}[K") && $0.contains(" info ") }.isEmpty, "\(lines)")
      #expect(lines.contains { $0.contains("\u{1B}[K") } && lines.filter { $0.contains(" info snapshot ") }.count >= 4)
      let tool = arguments[0]
      #expect(lines.last == "it goes on with: \(tool) train --config \(file.path)", "\(lines.suffix(3))")
    }
  }
}
