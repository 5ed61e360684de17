import Foundation
import Shards
import TestSupport
import Testing
import Threads

/// SIGTERM and SIGINT in the first moments of a program, and where it is the first process of a container.
///
/// The programs are waited for on a thread of its own, as other tests share the threads of this one.
@Suite struct EarlySignalTests {
  /// Runs a program in a namespace of its own, of which it is the first process.
  private static let asFirst = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child=KILL"]

  private static var hasNamespaces: Bool {
    (try? ToolProcess(executable: URL(filePath: "/usr/bin/env"), Self.asFirst + ["true"]).wait().exitCode) == 0
  }

  private func configuration(_ folder: URL) throws -> String {
    let data = try SmallDataset.splitDigits(in: folder)
    let file = folder.appending(path: "lopt.json")
    try Data(
      #"{"datasets": ["\#(data.folder.path)"], "state": "state", "threads": 1, "outer": {"pairs": 2}, "http": {"tcp": false, "socket": "\#(folder.path)/socket"}}"#
        .utf8
    ).write(to: file)
    return file.path
  }

  @Test("a signal at any moment after the start ends the daemon and lopt train within seconds, and is never lost")
  func anyMoment() async throws {
    let wrong = try await Threads.run(named: "test") {
      try withTemporaryFolder { folder in
        let configuration = try configuration(folder)
        var wrong: [String] = []
        for (tool, arguments) in [
          ("lopt-daemon", ["--config", configuration]), ("lopt", ["train", "--config", configuration]),
        ] {
          // scripts/test-long signals has every half millisecond.
          for half in stride(from: 0, through: 60, by: 5) {
            let process = try ToolProcess(tool, arguments)
            usleep(UInt32(half * 500))
            let hasBegun = try takesSignals(process, tool)
            process.send(half.isMultiple(of: 2) ? SIGTERM : SIGINT)
            let result = try process.wait(seconds: 60)
            // Before the program's first line the system ends it by the signal.
            if result.exitCode != 0, hasBegun || ![-SIGTERM, -SIGINT].contains(result.exitCode) {
              wrong.append("\(tool) after \(half) half ms: \(result)")
            }
          }
        }
        return wrong
      }
    }
    #expect(wrong == [])
  }

  /// Whether the program itself has begun: then both signals wait, or are taken (proc_pid_status(5)).
  private func takesSignals(_ process: ToolProcess, _ tool: String) throws -> Bool {
    let status = try String(contentsOfFile: "/proc/\(process.identifier)/status", encoding: .utf8)
    func field(_ name: String) -> Substring? {
      status.split(separator: "\n").first { $0.hasPrefix(name + ":") }?.split(separator: "\t").last
    }
    let taken = ["SigBlk", "SigCgt"].compactMap { field($0).flatMap { UInt64($0, radix: 16) } }.reduce(0, |)
    let both = UInt64(1) << UInt64(SIGTERM - 1) | UInt64(1) << UInt64(SIGINT - 1)
    return field("Name").map(String.init) == tool && taken & both == both
  }

  @Test(
    "as the first process of a container a tool ends by SIGTERM and SIGINT too: with 128 and the signal's number, the daemon with 0",
    .enabled(if: hasNamespaces, "this machine makes no namespaces for this user"))
  func firstProcess() async throws {
    let wrong = try await Threads.run(named: "test") { try ends() }
    #expect(wrong == [])
  }

  private func ends() throws -> [String] {
    try withTemporaryFolder { folder in
      var wrong: [String] = []
      let configuration = try configuration(folder)
      let tools = Repository.tools
      let theta = Repository.root.appending(path: "Examples/theta/mlp2x32-train.safetensors").path
      let commands: [(arguments: [String], code: (Int32) -> Int32)] = [
        ([tools.appending(path: "lopt-daemon").path, "--config", configuration], { _ in 0 }),
        ([tools.appending(path: "lopt").path, "train", "--config", configuration], { _ in 0 }),
        (
          [
            tools.appending(path: "lopt").path, "evaluate", "--snapshot", theta, "--dataset",
            folder.appending(path: "data").path, "--problem", "mlp2x32", "--split", "train", "--tasks", "10", "--steps",
            "100000",
          ], { 128 + $0 }
        ),
      ]
      for (arguments, code) in commands {
        for signal in [SIGTERM, SIGINT] {
          // The shell is outside: it sends the signal to the one process of the namespace.
          let script = """
            "$@" & outer=$!
            for _ in $(seq 200); do inner=$(pgrep -P $outer) && break; sleep 0.01; done
            sleep 1
            kill -\(signal) $inner
            wait $outer
            """
          let process = try ToolProcess(
            executable: URL(filePath: "/bin/bash"), ["-c", script, "bash"] + Self.asFirst + arguments)
          let result = try process.wait(seconds: 120)
          if result.exitCode != code(signal) { wrong.append("\(arguments.prefix(2)), signal \(signal): \(result)") }
        }
      }
      return wrong
    }
  }
}
