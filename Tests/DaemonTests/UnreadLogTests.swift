import Foundation
import Shards
import TestSupport
import Testing
import Threads

/// A daemon whose log nobody reads.
@Suite struct UnreadLogTests {
  @Test(
    "where the pipe of the log is full, training goes on, SIGTERM ends the daemon, and what was lost is said; another user's pipe, which cannot be opened again, is no different",
    arguments: ["own", "foreign"])
  func fullPipe(whose: String) async throws {
    try await withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder)
      let state = folder.appending(path: "state")
      let file = folder.appending(path: "lopt.json")
      try Data(
        """
        {"datasets": ["\(data.folder.path)"], "state": "\(state.path)", "threads": 1, "outer": {"pairs": 2},
         "http": {"tcp": false, "socket": "\(folder.path)/socket"}, "snapshot": {"every_seconds": 0.02, "keep": 2, "keep_every_seconds": 1000}}
        """.utf8
      ).write(to: file)
      // The smallest pipe there is, whose reader sleeps until it is told to read.
      let program = """
        import fcntl, json, os, signal, subprocess, sys, time
        tool, configuration, latest, whose, *without = sys.argv[1:]
        reading, writing = os.pipe()
        fcntl.fcntl(writing, 1031, 4096)
        if whose == "foreign": os.fchmod(writing, 0)
        daemon = subprocess.Popen(without + [tool, "--config", configuration], stdout=subprocess.DEVNULL, stderr=writing)
        os.close(writing)
        def step():
            try: return json.load(open(latest))["step"]
            except (OSError, ValueError): return -1
        def wait_beyond(number):
            for _ in range(600):
                if step() > number: return
                time.sleep(0.05)
            sys.exit(f"training stands still at {step()}")
        # A hundred snapshots have a line each, more than the pipe holds.
        wait_beyond(0)
        for _ in range(100): wait_beyond(step())
        text = b""
        os.set_blocking(reading, False)
        def drain():
            global text
            while True:
                try: piece = os.read(reading, 65536)
                except BlockingIOError: return
                if not piece: return
                text += piece
        drain()
        wait_beyond(step())
        time.sleep(0.5)
        drain()
        for _ in range(100): wait_beyond(step())
        daemon.send_signal(signal.SIGTERM)
        started = time.monotonic()
        code = daemon.wait(20)
        print(code, time.monotonic() - started < 10, b"of the log were lost here, as nobody read it" in text)
        """
      let arguments =
        [
          Repository.tools.appending(path: "lopt-daemon").path, file.path,
          state.appending(path: "snapshots/latest.json").path, whose,
        ] + ToolProcess.withoutRights
      // On a thread of its own, as other tests share the threads of this one.
      let printed = try await Threads.run(named: "test") { try Python.run(program: program, arguments: arguments) }
      #expect(printed == "0 True True\n")
    }
  }
}
