import Foundation
import Snapshots
import TestSupport
import Testing

/// What is wrong before a run begins, and what `--check` says of it.
extension DaemonProcessTests {
  @Test("an unknown key is exit 78 with its path and the nearest known one")
  func unknownKey() throws {
    try withConfiguration(dataset: false) { folder in
      let result = try ToolProcess.run("lopt-daemon", arguments(folder, "--check", "--set", "outer.learning_rat=1"))
      #expect(result.exitCode == 78)
      #expect(result.errors.contains("unknown key outer.learning_rat; did you mean outer.learning_rate?"))
    }
  }

  @Test("a data set that is not there is an error that names it")
  func missingDataset() throws {
    try withConfiguration(dataset: false) { folder in
      let missing = try ToolProcess.run("lopt-daemon", arguments(folder, "--check"))
      #expect(
        missing.exitCode == 78 && missing.errors.contains(/no data set in \S+mnist14; make one/), "\(missing.errors)")
      let place = folder.appending(path: "mnist14")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
      let empty = try ToolProcess.run("lopt-daemon", arguments(folder, "--check"))
      #expect(
        empty.exitCode == 78 && empty.errors.contains("has no manifest.json: name another folder"), "\(empty.errors)")
    }
  }

  @Test(
    "a public key, which everybody may read, is not given the advice for secrets where it stands for the signing key")
  func publicKey() throws {
    try withConfiguration(dataset: false) { folder in
      let key = try SigningKey().write(to: folder.appending(path: "key"))
      let result = try ToolProcess.run(
        "lopt-daemon", arguments(folder, "--check", "--set", "snapshot.signing_key_file=\(key.path)"))
      #expect(result.exitCode == 78 && result.errors.contains("is not a signing key but the public one"), "\(result)")
      #expect(!result.errors.contains("chmod"))
    }
  }

  @Test(
    "paths of a configuration that is no file of a folder are relative to the working folder",
    arguments: [
      "--config - < c/lopt.json", "--config /dev/stdin < c/lopt.json", "--config <(cat c/lopt.json)",
      "--config /proc/self/fd/0 < c/lopt.json", "--config /dev/fd/7 7< c/lopt.json",
      "--config ../../../../../../../../dev/stdin < c/lopt.json", "--config=- < <(cat c/lopt.json)", "--config fifo",
    ])
  func streams(words: String) throws {
    try withConfiguration { folder in
      let script = """
        cd "$1" && mkdir c && mv lopt.json c && mkfifo fifo && { [ "$3" = "--config fifo" ] && cat c/lopt.json > fifo & }
        eval "'$2' --check $3"
        """
      let result = try ToolProcess(
        executable: URL(filePath: "/bin/bash"),
        ["-c", script, "bash", folder.path, Repository.tools.appending(path: "lopt-daemon").path, words]
      ).wait()
      #expect(result.exitCode == 0, "\(result.errors)")
    }
  }

  @Test(
    "a key, start or socket that is not what it should be is exit 78, by its key, and makes no state",
    arguments: ["snapshot.signing_key_file", "start_from", "http.token_file", "http.socket", "state"])
  func wrongFile(key: String) throws {
    try withConfiguration { folder in
      let other = folder.appending(path: "other")
      if ["http.socket", "state"].contains(key) { try Data().write(to: other) }
      for check in [["--check"], []] where key != "state" || check != [] {
        let result = try ToolProcess.run("lopt-daemon", arguments(folder, "--set", "\(key)=\(other.path)") + check)
        #expect(result.exitCode == 78, "\(check) \(result)")
        // A path that the command line gives is named by where it comes from too.
        let says = result.errors.replacing("lopt-daemon: command line: \(key) is ", with: "lopt-daemon: \(key): ")
        #expect(says.hasPrefix("lopt-daemon: \(key): ") && says.contains(other.path), "\(result)")
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "state").path))
      }
    }
  }

  @Test("--check of a sound configuration is exit 0 and makes no state")
  func check() throws {
    try withConfiguration { folder in
      let result = try ToolProcess.run("lopt-daemon", arguments(folder, "--check"))
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.hasPrefix("all is good") && result.errors.isEmpty)
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "state").path))
    }
  }

  @Test(
    "--check of a state that may not be read or made is the error of the start, and changes nothing",
    arguments: [("state", 0o000), ("state", 0o500), ("state/training", 0o000), (".", 0o500)])
  func unusableState(path: String, mode: Int) throws {
    try withConfiguration { folder in
      let place = folder.appending(path: path)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: place.path)
      defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.path) }
      func end(_ more: String...) throws -> ProcessResult {
        try ToolProcess.runWithoutRights("lopt-daemon", arguments(folder) + more)
      }
      let (check, start) = (try end("--check"), try end())
      #expect(check.exitCode == start.exitCode && [66, 73].contains(check.exitCode), "\(check) \(start)")
      #expect(check.errors.contains("Permission denied"), "\(check.errors)")
    }
  }
}
