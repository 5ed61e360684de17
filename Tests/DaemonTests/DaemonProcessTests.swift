import Foundation
import Snapshots
import TestSupport
import Testing

/// `lopt-daemon` as a process, on the repository's sample of MNIST.
@Suite(.serialized) struct DaemonProcessTests {
  /// Runs `body` with a folder that holds the data set `mnist14` and the configuration `lopt.json` of a run whose
  /// outer-iterations take milliseconds.
  func withConfiguration(
    dataset: Bool = true, size: Int = 14, _ body: (URL) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      if dataset {
        let built = try ToolProcess.run(
          "dataprep",
          [
            "build", "shards", "--source", "mnist", "--input", Repository.mnist.path, "--size", "\(size)", "--output",
            folder.appending(path: "mnist14").path,
          ])
        try #require(built.exitCode == 0, "\(built.errors)")
      }
      let configuration = """
        {"datasets": ["mnist14"], "state": "state", "http": {"port": 0}, "snapshot": {"every_seconds": 0.1},
         "outer": {"pairs": 2, "curriculum": {"from": 2, "to": 2}},
         "inner": {"batch": 4, "life": {"from": 10, "to": 10}}}
        """
      try configuration.write(to: folder.appending(path: "lopt.json"), atomically: true, encoding: .utf8)
      try body(folder)
    }
  }

  func arguments(_ folder: URL, _ more: String...) -> [String] {
    ["--config", folder.appending(path: "lopt.json").path] + more
  }

  /// The daemon, once it serves, with its address.
  private func start(_ folder: URL, _ more: String...) throws -> (daemon: ToolProcess, address: String) {
    let daemon = try ToolProcess("lopt-daemon", arguments(folder) + more)
    var address: Substring?
    try daemon.wait { process in
      address = process.errors.firstMatch(of: /serving (http:\S+)/)?.output.1
      return address != nil
    }
    return (daemon, String(try #require(address)))
  }

  @Test("the daemon trains, serves what it trains, and SIGTERM ends it with its state written")
  func wholeLife() throws {
    try withConfiguration { folder in
      let (daemon, address) = try start(folder)
      try daemon.wait { $0.errors.contains("snapshot theta-000000000.safetensors") }
      try daemon.wait { $0.errors.matches(of: /snapshot theta-/).count >= 3 }
      let fetched = try ToolProcess.run("lopt", ["fetch", "latest", "--from", address, "--output", folder.path])
      #expect(fetched.exitCode == 0, "\(fetched.errors)")
      let file = URL(filePath: fetched.output.trimmingCharacters(in: .newlines))
      #expect(fetched.output == file.path + "\n")
      #expect(try Snapshot(contentsOf: file).metadata.outerIteration > 0)

      daemon.send(SIGTERM)
      let result = try daemon.wait()
      #expect(result.exitCode == 0, "\(result.errors)")
      let again = try start(folder).daemon
      let from = try #require(again.errors.firstMatch(of: /from outer-iteration (\d+)/))
      #expect(try #require(Int(from.output.1)) >= Snapshot(contentsOf: file).metadata.outerIteration)
    }
  }

  @Test(
    "the daemon trains where nobody can be told: standard error is full, or closed",
    arguments: ["2>/dev/full", "2>&-", "<&- >&- 2>&-"])
  func unusableErrors(redirection: String) throws {
    try withConfiguration { folder in
      let daemon = try ToolProcess("lopt-daemon", arguments(folder), redirection: redirection)
      let latest = folder.appending(path: "state/snapshots/latest.json").path
      var first: Data?
      try daemon.wait { _ in
        guard let data = FileManager.default.contents(atPath: latest) else { return false }
        first = first ?? data
        return data != first
      }
      let errors = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(daemon.identifier)/fd/2")
      #expect(!errors.hasPrefix(folder.path), "no file of the daemon's has the number of standard error")
      daemon.send(SIGTERM)
      #expect(try daemon.wait().exitCode == 0)
    }
  }

  @Test("SIGTERM while the daemon still reads a large data set ends it with exit 0")
  func stoppedWhileOpening() throws {
    try withConfiguration { folder in
      // A shard of 64 GiB of zeros that take no room: reading it would take a minute, and find it damaged.
      let bytes = 1 << 36
      let file = folder.appending(path: "mnist14/manifest.json")
      let manifest = try String(contentsOf: file, encoding: .utf8)
      try manifest.replacing(/"bytes" : \d+,(\s*"content_sha256")/) { "\"bytes\" : \(bytes),\($0.output.1)" }
        .write(to: file, atomically: true, encoding: .utf8)
      #expect(truncate(folder.appending(path: "mnist14/shard-00000.lmdb").path, bytes) == 0)
      for signal in [SIGTERM, SIGINT] {
        let daemon = try ToolProcess("lopt-daemon", arguments(folder))
        let lock = folder.appending(path: "state/lock")
        try daemon.wait { _ in
          (try? String(contentsOf: lock, encoding: .utf8))?.hasPrefix("\(daemon.identifier) ") == true
        }
        daemon.send(signal)
        let result = try daemon.wait()
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(result.errors.contains("stopped before training began"), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "state/training").path))
      }
    }
  }

  @Test("a newest snapshot that is damaged is not served: the one before it is, and the log says so")
  func damagedSnapshot() throws {
    try withConfiguration { folder in
      // Snapshots at the start and at the end only, however long the machine takes.
      let seldom = "snapshot.every_seconds=3600"
      let limited = try ToolProcess.run("lopt-daemon", arguments(folder, "--outer-iterations", "3", "--set", seldom))
      #expect(limited.exitCode == 0, "\(limited.errors)")
      let (daemon, address) = try start(folder, "--set", seldom)
      let state = folder.appending(path: "state")
      let newest = try #require(try SnapshotStore(readingFrom: state).latest())
      #expect(newest.step == 3)
      try damage(newest, in: state)
      let fetched = try ToolProcess.run("lopt", ["fetch", "latest", "--from", address, "--output", folder.path])
      #expect(fetched.exitCode == 0, "\(fetched.errors)")
      #expect(fetched.output.hasSuffix("/theta-000000000.safetensors\n"))
      let refused = daemon.errors.split(separator: "\n").filter { $0.contains("refused") }
      #expect(refused.count == 1 && refused[0].contains("\(newest.name): damaged"), "\(daemon.errors)")
    }
  }

  @Test(
    "killed at ten random moments, the daemon goes on each time from a sound state, never behind what it has served")
  func killed() throws {
    try withConfiguration { folder in
      let store = SnapshotStore(readingFrom: folder.appending(path: "state"))
      var served = 0
      for _ in 0..<10 {
        let (daemon, _) = try start(folder)
        let resumed = try #require(daemon.errors.firstMatch(of: /from outer-iteration (\d+)/))
        #expect(try #require(Int(resumed.output.1)) >= served)
        #expect(!daemon.errors.contains("refused"), "\(daemon.errors)")
        let milliseconds = UInt32.random(in: 0...400)
        usleep(milliseconds * 1000)
        served = try #require(try store.latest()).step
        daemon.send(SIGKILL)
        #expect(try daemon.wait().exitCode == -SIGKILL)
      }
      #expect(served > 0)
    }
  }

  @Test("a second daemon on one state is exit 75 and names the process")
  func secondDaemon() throws {
    try withConfiguration { folder in
      let (daemon, _) = try start(folder)
      let second = try ToolProcess.run("lopt-daemon", arguments(folder))
      #expect(second.exitCode == 75)
      #expect(second.errors.contains("\(daemon.identifier) (lopt-daemon)"))
    }
  }

  @Test("a port that is taken is exit 75 before training begins")
  func portTaken() throws {
    try withConfiguration { folder in
      let (daemon, address) = try start(folder)
      let port = try #require(address.split(separator: ":").last)
      let second = try ToolProcess.run(
        "lopt-daemon",
        arguments(folder, "--http-port", String(port), "--state", folder.appending(path: "other").path))
      #expect(second.exitCode == 75)
      #expect(second.errors.contains("http.port: port \(port) of 127.0.0.1 is taken by another process"))
      #expect(!second.errors.contains("outer-loss 2"))
      #expect(daemon.isRunning)
    }
  }

  @Test("an address that is not this machine's is exit 69 with its key")
  func unknownHost() throws {
    try withConfiguration { folder in
      let token = folder.appending(path: "token")
      try writePrivate("0123456789abcdef", to: token)
      let result = try ToolProcess.run(
        "lopt-daemon",
        arguments(
          folder, "--set", "http.host=no.such.host.invalid", "--set", "http.token_file=\(token.path)", "--set",
          "http.tls.terminated_elsewhere=true"))
      #expect(result.exitCode == 69)
      #expect(result.errors.contains("http.host: cannot listen on no.such.host.invalid port 0"), "\(result.errors)")
    }
  }

  @Test("--check of images that the problem does not take is exit 78 with problems that do")
  func shape() throws {
    try withConfiguration(size: 28) { folder in
      let result = try ToolProcess.run("lopt-daemon", arguments(folder, "--check", "--problem", "mlp2x32"))
      #expect(result.exitCode == 78)
      #expect(result.errors.contains("mlp2x32 takes images of 14×14×1, and no data set of it has them"))
      #expect(result.errors.contains("such as conv3x32-mnist, conv6x32-mnist, conv3x8-mnist"), "\(result.errors)")
    }
  }

  @Test("after the configured outer-iterations the daemon ends with exit 0 and a snapshot of the last")
  func limitedRun() throws {
    try withConfiguration { folder in
      let result = try ToolProcess.run("lopt-daemon", arguments(folder, "--outer-iterations", "3"))
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(try SnapshotStore(readingFrom: folder.appending(path: "state")).latest()?.step == 3)
    }
  }
}
