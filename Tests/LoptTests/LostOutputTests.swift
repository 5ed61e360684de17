import Foundation
import Shards
import TestSupport
import Testing

/// What happens to a result that cannot be printed.
@Suite struct LostOutputTests {
  @Test("a result that standard output does not take is an error with exit code 74, whether it is full or closed")
  func reported() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder)
      let commands: [(tool: String, arguments: [String])] = [
        ("lopt", ["layout", "--problem", "mlp2x32"]),
        ("lopt", ["layout", "--problem", "mlp2x32", "--json"]),
        ("lopt", ["--help"]), ("lopt", ["--version"]), ("lopt", ["help", "fetch"]),
        ("dataprep", ["info", data.folder.path]), ("dataprep", ["info", data.folder.path, "--json"]),
        ("dataprep", ["verify", data.folder.path]), ("dataprep", ["verify", data.folder.path, "--json"]),
        ("dataprep", ["tasks", "sample", data.folder.path, "--classes", "2", "--count", "2", "--seed", "1"]),
      ]
      for (tool, arguments) in commands {
        for (redirection, reason) in [(">/dev/full", "No space left on device"), (">&-", "it is closed")] {
          let result = try ToolProcess(tool, arguments, redirection: redirection).wait()
          #expect(result.exitCode == 74, "\(arguments) \(redirection): \(result)")
          #expect(result.errors.hasPrefix("\(tool): standard output: cannot write"), "\(result.errors)")
          #expect(result.errors.contains(reason), "\(result.errors)")
        }
      }
    }
  }

  @Test("where the reader of a pipe has gone, a command ends by SIGPIPE, without a word")
  func closedPipe() throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let process = Process()
    process.executableURL = Repository.tools.appending(path: "lopt")
    process.arguments = ["layout", "--problem", "mlp2x32"]
    let errors = Pipe()
    process.standardOutput = pipe
    process.standardError = errors
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGPIPE)
    #expect(try errors.fileHandleForReading.readToEnd() ?? Data() == Data())
  }

  @Test("an evaluation whose report is not printed keeps its finished runs, and goes on from them")
  func evaluation() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder)
      let theta = Repository.root.appending(path: "Examples/theta/mlp2x32-train.safetensors")
      let arguments = [
        "evaluate", "--snapshot", theta.path, "--dataset", data.folder.path, "--problem", "mlp2x32", "--split", "train",
        "--tasks", "1", "--steps", "3", "--grid", "3",
      ]
      let cache = folder.appending(path: "cache")
      let lost = try ToolProcess(
        executable: URL(filePath: "/bin/sh"),
        ["-c", "exec \"$@\" >/dev/full", "sh", Repository.tools.appending(path: "lopt").path] + arguments,
        environment: ["XDG_CACHE_HOME": cache.path]
      ).wait()
      #expect(lost.exitCode == 74, "\(lost)")
      func finished() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: cache.path).filter { $0.hasSuffix(".jsonl") }
      }
      #expect(try finished().count == 1)
      let told = try ToolProcess("lopt", arguments, environment: ["XDG_CACHE_HOME": cache.path]).wait()
      #expect(told.exitCode == 0 && told.output.contains("learned"), "\(told)")
      #expect(try finished().isEmpty)
    }
  }
}
