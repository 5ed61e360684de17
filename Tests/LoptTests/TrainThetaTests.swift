import Foundation
import TestSupport
import Testing

/// `scripts/train-theta` in a checkout that was never built, but with tools that are built already.
@Suite struct TrainThetaTests {
  /// A checkout with what the script needs, and with a `swift` and a `setup` that have nothing to do.
  private func withCheckout(_ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let files = FileManager.default
      for path in ["scripts", "tools", "Examples/theta", ".build"] {
        try files.createDirectory(at: folder.appending(path: path), withIntermediateDirectories: true)
      }
      for path in ["scripts/train-theta", "Examples/mnist", "Examples/theta/runs"] {
        try files.copyItem(at: Repository.root.appending(path: path), to: folder.appending(path: path))
      }
      for path in ["scripts/setup", "tools/swift"] {
        let file = folder.appending(path: path)
        try Data("#!/bin/sh\n".utf8).write(to: file)
        try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
      }
      try files.createSymbolicLink(at: folder.appending(path: ".build/release"), withDestinationURL: Repository.tools)
      try body(folder)
    }
  }

  /// The script, with signals as a shell at a terminal has them: a test's thread blocks them, or they are ignored.
  private func start(in folder: URL, _ arguments: String...) throws -> ToolProcess {
    let environment = ProcessInfo.processInfo.environment
    let program = """
      import os, signal, sys
      signal.signal(signal.SIGINT, signal.SIG_DFL)
      signal.pthread_sigmask(signal.SIG_SETMASK, [])
      os.execv(sys.argv[1], sys.argv[1:])
      """
    return try ToolProcess(
      executable: URL(filePath: try #require(environment["LOPT_TEST_PYTHON"])),
      ["-c", program, folder.appending(path: "scripts/train-theta").path] + arguments,
      environment: ["PATH": "\(folder.appending(path: "tools").path):\(try #require(environment["PATH"]))"])
  }

  @Test("one command makes the shards of the sample of MNIST, trains on them, and compares; stopped, it goes on")
  func mnist() throws {
    try withCheckout { folder in
      let result = try start(in: folder, "mlp2x32-train", "--", "--outer-iterations", "2").wait()
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.contains("average-000000002.safetensors\n"))
      #expect(result.output.contains(/mlp2x32, 20 tasks of train × 3, 500 steps, batch 32[^\n]*\n/), "\(result.output)")
      let again = try start(in: folder, "mlp2x32-train", "--", "--outer-iterations", "3").wait()
      #expect(again.errors.contains("from outer-iteration 2") && again.exitCode == 0, "\(again.errors)")
    }
  }

  @Test("a training that is interrupted is not evaluated")
  func interrupted() throws {
    try withCheckout { folder in
      let training = try start(in: folder, "mlp2x32-train")
      try training.wait { $0.errors.contains("training mlp2x32") }
      // As Ctrl-C does, to the script and to what it runs.
      for child in try children(of: training.identifier) + [training.identifier] { kill(child, SIGINT) }
      let result = try training.wait()
      #expect(result.exitCode == 130 && !result.output.contains("ratio"), "\(result)")
    }
  }

  private func children(of process: Int32) throws -> [Int32] {
    try String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
      .split(separator: " ").compactMap { Int32($0) }
  }

  @Test(
    "an unknown run, and one without the data set that it needs, are refused before anything is built",
    arguments: [(["none"], 66, "there is no such run"), (["conv3x32-train"], 64, "needs the folder of a data set")])
  func refused(arguments: [String], code: Int32, message: String) throws {
    let result = try ToolProcess(
      executable: Repository.root.appending(path: "scripts/train-theta"), arguments
    ).wait()
    #expect(result.exitCode == code && result.errors.contains(message), "\(result)")
  }
}
