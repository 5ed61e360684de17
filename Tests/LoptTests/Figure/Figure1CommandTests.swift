import Foundation
import TestSupport
import Testing

/// `lopt figure 1` as a process.
@Suite struct Figure1CommandTests {
  private func arguments(_ place: Workplace, _ more: [String]) -> [String] {
    [
      "figure", "1", "--output", place.folder.appending(path: "out").path, "--snapshot", place.snapshot, "--dataset",
      place.dataset, "--problem", "mlp2x32",
    ] + more
  }

  private let few = ["--steps", "20", "--tasks", "2", "--initialisations", "1"]

  @Test("a killed lopt figure 1 goes on with the times of the steps that it had, and leaves data, plot and caption")
  func killed() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let points = folder.appending(path: "out/points")
      func lines() throws -> [Substring] {
        let files = try FileManager.default.contentsOfDirectory(at: points, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "jsonl" }
          .flatMap { try String(contentsOf: $0, encoding: .utf8).split(separator: "\n") }
      }
      let first = try ToolProcess("lopt", arguments(place, few))
      try first.wait { _ in ((try? lines().count) ?? 0) > 2 }
      first.send(SIGKILL)
      _ = try first.wait()
      let before = try lines()
      let result = try place.run("lopt", arguments(place, few))
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(try lines().starts(with: before.dropLast()))
      let names = ["figure1.csv", "figure1-summary.csv", "figure1.svg", "figure1.pdf", "figure1.md"]
      #expect(result.output.split(separator: "\n").map { String($0.split(separator: "/").last ?? "") } == names)
      let page = try String(contentsOf: folder.appending(path: "out/figure1.md"), encoding: .utf8)
      // Of the snapshot: its minibatch.
      #expect(page.contains("2 tasks of 10 train classes × 1, batch 16"))
    }
  }

  @Test("a figure 1 that cannot be run is one line and the code of sysexits")
  func refused() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      func run(_ more: String...) throws -> ProcessResult { try place.run("lopt", arguments(place, few + more)) }
      let twice = try run("--validation-snapshot", place.snapshot)
      #expect(twice.exitCode == 64)
      #expect(twice.errors.contains("give one of each"))
      #expect(try run("--split", "all").exitCode == 64)
      let split = try run("--split", "held-out")
      #expect(split.exitCode == 64, "\(split.errors)")
      #expect(split.errors.hasPrefix("lopt: \(place.dataset)"))
      #expect(try place.run("lopt", arguments(place, ["--steps", "0"])).exitCode == 64)
      let missing = try run("--validation-snapshot", "/no/theta.safetensors")
      #expect(missing.exitCode == 66)
      #expect(missing.errors.hasPrefix("lopt: /no/theta.safetensors: "))
    }
  }
}
