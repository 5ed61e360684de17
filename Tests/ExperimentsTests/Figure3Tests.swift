import Foundation
import TestSupport
import Testing

@testable import Experiments

/// Figure 3 at a scale of seconds.
@Suite struct Figure3Tests {
  private func figure(seed: UInt64 = 0) -> Figure3 {
    var settings = Figure3.Settings(.small)
    settings.seed = seed
    settings.lengths = [1, 300]
    settings.range = 5
    return Figure3(settings, instance: .tiny, kernels: .forTests)
  }

  private func run(_ figure: Figure3, in folder: URL, threads: Int = 2) throws -> [String: Data] {
    let files = try FigureRun(figure, output: folder, threads: threads).run()
    return try Dictionary(uniqueKeysWithValues: files.map { ($0.lastPathComponent, try Data(contentsOf: $0)) })
  }

  @Test("after one step the outer-loss is smooth, after many it is jagged where the smoothed one is not")
  func claim() throws {
    try withTemporaryFolder { folder in
      let files = try run(figure(), in: folder)
      #expect(
        Set(files.keys) == [
          "figure3.csv", "figure3-toy.csv", "figure3-variation.csv", "figure3.svg", "figure3.pdf", "figure3.md",
        ])
      let rows = String(decoding: try #require(files["figure3-variation.csv"]), as: UTF8.self)
        .split(separator: "\n").map { $0.split(separator: ",") }
      let ratios = rows.filter { $0[0] == "learned" }.compactMap { Double($0[4]) }
      #expect(ratios.count == 2)
      #expect(ratios[0] < 1.1 && ratios[1] > 2)
    }
  }

  @Test("figure 3's data, plot and caption name its instance and the paper's")
  func instance() throws {
    try withTemporaryFolder { folder in
      let files = try run(figure(), in: folder).filter { $0.key.hasSuffix(".csv") || $0.key.hasSuffix(".md") }
      for (name, file) in files {
        let text = String(decoding: file, as: UTF8.self).lowercased()
        for words in ["this instance: ", "mlp 16-8-4", "the paper's: "] { #expect(text.contains(words), "\(name)") }
      }
    }
  }

  @Test("an interrupted figure 3 goes on, and leaves what it would have left, on any number of threads")
  func resume() throws {
    try withTemporaryFolder { folder in
      let whole = try run(figure(), in: folder, threads: 1)
      let points = folder.appending(path: "points")
      let name = try #require(FileManager.default.contentsOfDirectory(atPath: points.path).first)
      let lines = try Data(contentsOf: points.appending(path: name))
      let other = folder.appending(path: "other")
      try FileManager.default.createDirectory(at: other.appending(path: "points"), withIntermediateDirectories: true)
      try lines[..<(lines.count / 2)].write(to: other.appending(path: "points/\(name)"))
      #expect(try run(figure(), in: other, threads: 3) == whole)
    }
  }

  @Test("figure 3 with another seed is another figure")
  func seed() throws {
    try withTemporaryFolder { folder in
      let first = try run(figure(), in: folder)
      let second = try run(figure(seed: 1), in: folder)
      #expect(first["figure3.csv"] != second["figure3.csv"])
      #expect(first["figure3-toy.csv"]?.count == second["figure3-toy.csv"]?.count)
    }
  }
}
