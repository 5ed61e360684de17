import Foundation
import TestSupport
import Testing

@testable import Experiments

/// Figure 4 at a scale of seconds.
@Suite struct Figure4Tests {
  private func figure(outerIterations: Int = 60) -> Figure4 {
    var settings = Figure4.Settings(.small)
    settings.steps = 1_000
    settings.lengths = [10, 100, 1_000]
    settings.profileLength = 100
    settings.sumLengths = [10, 50]
    settings.outerIterations = outerIterations
    settings.outerRate = 0.1
    settings.gridPerDecade = 4
    return Figure4(settings, instance: .tinyRegression, kernels: .forTests)
  }

  /// The rows of a table, without the comments and the columns' names.
  private func rows(_ folder: URL, _ name: String) throws -> [[Substring]] {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }.dropFirst().map { $0.split(separator: ",") }
  }

  @Test("short truncations end at a wrong learning rate, the whole run near the best, and PES of short ones too")
  func claim() throws {
    try withTemporaryFolder { folder in
      let figure = figure()
      let files = try FigureRun(figure, output: folder, threads: 2).run().map(\.lastPathComponent)
      #expect(
        files == [
          "figure4.csv", "figure4-gradients.csv", "figure4-grid.csv", "figure4.svg", "figure4.pdf", "figure4.md",
        ])
      let best = figure.best(try rows(folder, "figure4-grid.csv").compactMap { Double($0[1]) })
      var learned: [String: Double] = [:]
      for (name, rows) in Dictionary(grouping: try rows(folder, "figure4.csv"), by: { "\($0[0]) \($0[1])" }) {
        learned[name] = figure.learned(rows.compactMap { Double($0[3]).map { log($0) } })
      }
      func factor(_ name: String) -> Double { max((learned[name] ?? 0) / best, best / (learned[name] ?? 0)) }
      #expect(learned.keys.sorted() == ["pes 10", "truncated 10", "truncated 100", "truncated 1000"])
      #expect(factor("truncated 10") > 3)
      #expect(factor("truncated 1000") < 1.5)
      #expect(factor("pes 10") < 1.7)
    }
  }

  @Test("figure 4, interrupted in the middle of learning a rate, goes on, and leaves what it would have left")
  func resume() throws {
    func run(in folder: URL, threads: Int) throws -> [Data] {
      try FigureRun(figure(outerIterations: 6), output: folder, threads: threads).run().map { try Data(contentsOf: $0) }
    }
    try withTemporaryFolder { folder in
      let whole = try run(in: folder, threads: 1)
      let points = folder.appending(path: "points")
      let name = try #require(FileManager.default.contentsOfDirectory(atPath: points.path).first)
      let lines = try Data(contentsOf: points.appending(path: name))
      for share in [0.1, 0.5] {
        let other = folder.appending(path: "\(share)")
        try FileManager.default.createDirectory(at: other.appending(path: "points"), withIntermediateDirectories: true)
        try lines[..<Int(share * Double(lines.count))].write(to: other.appending(path: "points/\(name)"))
        #expect(try run(in: other, threads: 3) == whole)
      }
    }
  }

  @Test("the running sum of outer-gradients crosses zero after the step from which on it is above")
  func crossing() {
    let figure = figure()
    #expect(figure.crossing(10, of: [-3, 1, 1, 2, 1]) == 40)
    #expect(figure.crossing(10, of: [-1, 2, -2, 3, 1]) == 40)
    #expect(figure.crossing(10, of: [-3, 1, 1]) == nil)
    #expect(figure.crossing(10, of: [1, 1]) == 10)
  }

  @Test("the best of a grid is the vertex of the parabola through the lowest and its neighbours, or the end")
  func best() {
    let figure = figure()
    let vertex = log(2e-3)
    #expect(abs(figure.best(figure.grid.map { pow($0 - vertex, 2) }) / 2e-3 - 1) < 1e-6)
    #expect(abs(figure.best(figure.grid.map { $0 }) / 1e-4 - 1) < 1e-6)
  }
}
