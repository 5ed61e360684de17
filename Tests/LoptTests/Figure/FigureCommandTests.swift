import Foundation
import TestSupport
import Testing

/// `lopt figure` as a process. What the figures show is tested with the experiments.
@Suite struct FigureCommandTests {
  /// The lines of the one file of points in a figure's folder.
  private func points(_ folder: URL) -> [Substring] {
    let points = folder.appending(path: "points")
    let files = (try? FileManager.default.contentsOfDirectory(at: points, includingPropertiesForKeys: nil)) ?? []
    let text = files.first.flatMap { try? String(contentsOf: $0, encoding: .utf8) } ?? ""
    return text.split(separator: "\n")
  }

  @Test("a killed lopt figure leaves points and no figure; a second process is refused; the next one keeps the points")
  func killed() throws {
    try withTemporaryFolder { folder in
      let arguments = ["figure", "4", "--scale", "tiny", "--output", folder.path, "--threads", "1"]
      let first = try ToolProcess("lopt", arguments)
      try first.wait { _ in points(folder).count > 3 }
      // So it does not end before the second one has looked.
      first.send(SIGSTOP)
      let beside = try ToolProcess.run("lopt", arguments)
      #expect(beside.exitCode == 75)
      #expect(beside.errors.contains("another process computes the same figure"))
      first.send(SIGKILL)
      #expect(try first.wait().exitCode == -SIGKILL)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["points"])

      let before = points(folder)
      let second = try ToolProcess("lopt", arguments)
      try second.wait { _ in points(folder).count > before.count }
      second.send(SIGKILL)
      _ = try second.wait()
      // All but a last line that was cut.
      #expect(points(folder).starts(with: before.dropLast()))
      let keys = points(folder).compactMap { $0.firstMatch(of: /"key":"([^"]+)"/)?.1 }
      #expect(Set(keys).count >= keys.count - 1)
    }
  }

  @Test("without gnuplot lopt figure says what to install, before it computes anything")
  func noGnuplot() throws {
    try withTemporaryFolder { folder in
      let result = try ToolProcess.run(
        "lopt", ["figure", "4", "--output", folder.path], environment: ["PATH": folder.path])
      #expect(result.exitCode == 69)
      #expect(
        result.errors == "lopt: gnuplot, which draws the plots, is not on the PATH: apt install gnuplot-nox\n")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test("a figure that cannot be run is one line and the code of sysexits")
  func refused() throws {
    try withTemporaryFolder { folder in
      func run(_ arguments: String...) throws -> ProcessResult {
        try ToolProcess.run("lopt", ["figure"] + arguments)
      }
      #expect(try run("3").exitCode == 64)
      let theta = try run("3", "--output", folder.path)
      #expect(theta.exitCode == 64 && theta.errors.contains("--snapshot"))
      #expect(try run("6", "--output", folder.path).exitCode == 64)
      #expect(try run("4", "--output", folder.path, "--scale", "large").exitCode == 64)
      #expect(try run("4", "--output", folder.path, "--threads", "-1").exitCode == 64)
      #expect(try run("4", "--output", folder.path, "--problem", "mlp2x32").exitCode == 64)
      let dataset = try run("4", "--output", folder.path, "--dataset", "/no/dataset")
      #expect(dataset.exitCode == 66)
      #expect(dataset.errors.hasPrefix("lopt: /no/dataset"))
      let snapshot = try run("3", "--output", folder.path, "--snapshot", "/no/theta.safetensors")
      #expect(snapshot.exitCode == 66)
      #expect(snapshot.errors.hasPrefix("lopt: /no/theta.safetensors: "))
      let file = folder.appending(path: "file")
      try Data().write(to: file)
      let output = try run("4", "--output", file.appending(path: "figures").path)
      #expect(output.exitCode == 73)
      #expect(output.errors.contains("file"))
    }
  }
}
