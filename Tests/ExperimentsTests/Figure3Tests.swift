import Files
import Foundation
import Tasks
import TestSupport
import Testing

@testable import Experiments

/// Figure 3 at a scale of seconds.
@Suite struct Figure3Tests {
  private static let theta = Repository.root.appending(path: "Examples/theta/mlp2x32-train.safetensors")

  private func figure(seed: UInt64 = 0, _ change: (inout Figure3.Settings) -> Void = { _ in }) throws -> Figure3 {
    var settings = Figure3.Settings(.tiny)
    settings.seed = seed
    change(&settings)
    return Figure3(settings, instance: .tiny, kernels: .forTests, snapshot: try RunnableSnapshot(at: Self.theta.path))
  }

  private func run(_ figure: Figure3, in folder: URL, threads: Int = 2) throws -> [String: Data] {
    let files = try FigureRun(figure, output: folder, threads: threads).run()
    return try Dictionary(uniqueKeysWithValues: files.map { ($0.lastPathComponent, try Data(contentsOf: $0)) })
  }

  private func unrolled(_ figure: Figure3) throws -> [Figure3.Unrolled] {
    try withTemporaryFolder { folder in
      let points = try FigureJournal(
        folder: folder, figure: "figure3", identity: figure.settings,
        progress: Progress("test", unit: "inner steps", total: figure.cost, display: .none))
      return try figure.unrolled(points, threads: 2).lengths
    }
  }

  /// The rows of a table, without the comments and the columns' names.
  private func rows(_ file: Data?) -> [[Substring]] {
    String(decoding: file ?? Data(), as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst()
      .map { $0.split(separator: ",") }
  }

  @Test("figure 3 has a table for every panel, with the three parts of the loss of one parameter first in the plot")
  func parts() throws {
    try withTemporaryFolder { folder in
      let files = try run(figure(), in: folder)
      let tables = ["", "-map", "-smoothing", "-variation", "-toy-surface", "-toy-courses", "-toy"]
      #expect(Set(files.keys) == Set(tables.map { "figure3\($0).csv" } + ["figure3.svg", "figure3.pdf", "figure3.md"]))
      #expect(rows(files["figure3.csv"]).count == 17)
      #expect(rows(files["figure3-map.csv"]).count == 25)
      #expect(rows(files["figure3-smoothing.csv"]).count == 17)
      #expect(rows(files["figure3-variation.csv"]).map { $0[0] } == ["5", "10", "20"])
      #expect(rows(files["figure3-toy-courses.csv"]).count == 41 * 51)
      #expect(rows(files["figure3-toy.csv"]).count == 2_001)
    }
  }

  @Test("the caption names the instance and the paper's, and puts the marks of (c) beside those of the paper")
  func caption() throws {
    try withTemporaryFolder { folder in
      let files = try run(figure(), in: folder)
      for name in ["figure3.csv", "figure3.md"] {
        let text = String(decoding: try #require(files[name]), as: UTF8.self).lowercased()
        for words in ["this instance: ", "mlp 16-8-4", "the paper's: "] { #expect(text.contains(words), "\(name)") }
      }
      let page = String(decoding: try #require(files["figure3.md"]), as: UTF8.self)
      #expect(page.contains("T = 5: 7.49 (7.5) at the lowest 1 − momentum, top 11.8 (11.8), at 0.132 (0.13)"))
      #expect(page.contains("T = 50: jump from 0 to 3.12 at 0.196 (0.196)"))
    }
  }

  @Test("a slice's slope at θ is the length of the outer-gradient, by a central difference")
  func slope() throws {
    let figure = try figure {
      $0.lengths = [1, 2, 5, 10]
      ($0.extent, $0.mapSide, $0.sliceFactor) = (1e-3, 1, 1)
    }
    for found in try unrolled(figure) {
      let difference = (found.slice.values[2] - found.slice.values[0]) / 2e-3
      #expect(abs(difference / found.gradientNorm - 1) < 0.02, "\(found.length): \(difference) \(found.gradientNorm)")
    }
  }

  @Test("the middle row of the map is the slice where both have values")
  func middle() throws {
    for found in try unrolled(figure()) {
      let row = found.map[2]
      #expect(found.map.count == 5 && row.count == 5)
      #expect(row == (0..<5).map { found.slice.values[4 * $0] })
      #expect(found.map[0] != row)
    }
  }

  @Test("the outer-loss of a step is smooth, that of many is jagged where the smoothed one is not")
  func claim() throws {
    let figure = try figure {
      $0.lengths = [1, 10, 50]
      ($0.mapSide, $0.sliceFactor) = (1, 40)
      ($0.valuesPerSigma, $0.range) = (8, 4)
    }
    let found = try unrolled(figure)
    #expect(found[0].ratio < 1.1 && found[2].ratio > 2, "\(found.map(\.ratio))")
    #expect(found[0].slice.minima <= 1 && found[2].slice.minima > 4, "\(found.map(\.slice.minima))")
  }

  @Test("an interrupted figure 3 goes on, and leaves what it would have left, on any number of threads")
  func resume() throws {
    try withTemporaryFolder { folder in
      let whole = try run(figure(), in: folder, threads: 1)
      let points = folder.appending(path: "points")
      let name = try #require(FileManager.default.contentsOfDirectory(atPath: points.path).first)
      let lines = try Data(contentsOf: points.appending(path: name))
      for share in [0, 0.2, 0.5, 0.9] {
        let other = folder.appending(path: "other\(share)")
        try FileManager.default.createDirectory(at: other.appending(path: "points"), withIntermediateDirectories: true)
        try lines[..<Int(share * Double(lines.count))].write(to: other.appending(path: "points/\(name)"))
        #expect(try run(figure(), in: other, threads: 2) == whole, "\(share)")
      }
    }
  }

  @Test("a point has no more inner steps than the settings say, or a single place")
  func pointSize() throws {
    let figure = try figure { $0.stepsPerPoint = 50 }
    try withTemporaryFolder { folder in
      _ = try run(figure, in: folder)
      let points = folder.appending(path: "points")
      let name = try #require(FileManager.default.contentsOfDirectory(atPath: points.path).first)
      let text = try String(contentsOf: points.appending(path: name), encoding: .utf8)
      let costs = text.matches(of: /"cost":(\d+),"key":"(?:slice|map|smoothing)/).compactMap { Int($0.1) }
      #expect(costs.count > 20 && costs.allSatisfy { $0 <= 50 })
      let all = text.matches(of: /"cost":(\d+)/).compactMap { Int($0.1) }
      #expect(all.reduce(0, +) == figure.cost)
    }
  }

  @Test("figure 3 with another seed is another figure, but for the loss of one parameter")
  func seed() throws {
    try withTemporaryFolder { folder in
      let first = try run(figure(), in: folder)
      let second = try run(figure(seed: 1), in: folder)
      for name in ["figure3.csv", "figure3-map.csv", "figure3-smoothing.csv"] { #expect(first[name] != second[name]) }
      #expect(rows(first["figure3-toy.csv"]) == rows(second["figure3-toy.csv"]))
    }
  }

  @Test("a map's minima are the values below all eight around them, none at its border")
  func minima() {
    let grid: [[Double]] = [[0, 5, 5, 5, 5], [5, 1, 5, 5, 2], [5, 5, 5, 3, 5], [5, 5, 5, 5, 5]]
    #expect(Figure3.minima(grid) == 0)
    var lower = grid
    (lower[0][0], lower[1][4]) = (5, 5)
    #expect(Figure3.minima(lower) == 2)
  }
}
