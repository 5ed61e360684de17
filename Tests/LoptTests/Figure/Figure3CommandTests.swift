import Foundation
import TestSupport
import Testing

/// `lopt figure 3` as a process.
@Suite struct Figure3CommandTests {
  private func arguments(_ folder: URL, threads: Int = 1) -> [String] {
    let theta = Repository.root.appending(path: "Examples/theta/mlp2x32-train.safetensors")
    return [
      "figure", "3", "--output", folder.path, "--scale", "tiny", "--snapshot", theta.path, "--threads", "\(threads)",
    ]
  }

  /// The figure's files by their names, without the points.
  private func files(_ folder: URL) throws -> [String: Data] {
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return try Dictionary(
      uniqueKeysWithValues: files.filter { $0.lastPathComponent != "points" }
        .map { ($0.lastPathComponent, try Data(contentsOf: $0)) })
  }

  /// The number of lines in the figure's file of points.
  private func points(_ folder: URL) -> Int {
    let points = folder.appending(path: "points")
    let files = (try? FileManager.default.contentsOfDirectory(at: points, includingPropertiesForKeys: nil)) ?? []
    let text = files.first.flatMap { try? String(contentsOf: $0, encoding: .utf8) } ?? ""
    return text.split(separator: "\n").count
  }

  @Test("lopt figure 3, killed three times, leaves the same files as without, on one thread or two")
  func killed() throws {
    try withTemporaryFolder { folder in
      let (whole, other) = (folder.appending(path: "whole"), folder.appending(path: "killed"))
      let result = try ToolProcess.run("lopt", arguments(whole))
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.split(separator: "\n").allSatisfy { $0.contains("/whole/figure3") })
      for count in [3, 8, 14] {
        let process = try ToolProcess("lopt", arguments(other))
        try process.wait { _ in points(other) > count }
        process.send(SIGKILL)
        #expect(try process.wait().exitCode == -SIGKILL)
      }
      #expect(try files(other).isEmpty)
      #expect(try ToolProcess.run("lopt", arguments(other, threads: 2)).exitCode == 0)
      let expected = try files(whole)
      #expect(try files(other) == expected && expected.count == 9)
    }
  }

  @Test("without --snapshot, which says of what θ it is, there is no figure 3")
  func noSnapshot() throws {
    try withTemporaryFolder { folder in
      let result = try ToolProcess.run("lopt", ["figure", "3", "--output", folder.path, "--scale", "tiny"])
      #expect(result.exitCode == 64 && result.errors.contains("--snapshot"))
    }
  }
}
