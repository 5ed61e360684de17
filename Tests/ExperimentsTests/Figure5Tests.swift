import Engine
import Files
import Foundation
import Shards
import TestSupport
import Testing

@testable import Experiments

/// Figure 5 at a scale of seconds.
@Suite struct Figure5Tests {
  private func figure(_ dataset: Dataset) throws -> Figure5 {
    var settings = Figure5.Settings(.small)
    settings.seeds = 2
    settings.outerIterations = 4
    settings.every = 2
    settings.outer.pairs = 4
    settings.outer.curriculum.from = 5
    settings.outer.curriculum.to = 10
    settings.tasks = 2
    settings.steps = 20
    settings.batch = 4
    settings.lengths = [3, 10]
    return try Figure5(settings, dataset: dataset.folder, problem: nil, kernels: .forTests)
  }

  private func files(_ figure: Figure5, in folder: URL, threads: Int = 2) throws -> [String: Data] {
    let files = try FigureRun(figure, output: folder, threads: threads).run()
    return try Dictionary(uniqueKeysWithValues: files.map { ($0.lastPathComponent, try Data(contentsOf: $0)) })
  }

  /// The rows of a table, without the comments and the columns' names.
  private func rows(_ file: Data?) -> [[Substring]] {
    String(decoding: file ?? Data(), as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
  }

  @Test("figure 5 has a row for each run and checkpoint, tuned Adam, and the variances of each length")
  func tables() throws {
    try withTemporaryFolder { folder in
      let figure = try figure(SmallDataset.splitDigits(in: folder))
      let files = try files(figure, in: folder.appending(path: "out"))
      #expect(Set(files.keys) == ["figure5.csv", "figure5-variances.csv", "figure5.svg", "figure5.pdf", "figure5.md"])
      let losses = rows(files["figure5.csv"])
      #expect(
        losses.filter { $0[0] == "learned" }.map { "\($0[1]) \($0[2]) \($0[3])" } == [
          "train 0 0", "train 0 2", "train 0 4", "train 1 0", "train 1 2", "train 1 4",
          "validation 0 0", "validation 0 2", "validation 0 4", "validation 1 0", "validation 1 2", "validation 1 4",
        ])
      #expect(losses.filter { $0[0] == "adam" }.map { $0[1] } == ["train", "validation"])
      #expect(losses.allSatisfy { (Double($0[4]) ?? 0) > 0.5 && (Double($0[5]) ?? 0) > 0.5 })
      let variances = rows(files["figure5-variances.csv"])
      #expect(
        variances.map { "\($0[0]) \($0[1]) \($0[2])" } == [
          "3 0.01 0", "3 0.01 2", "3 0.01 4", "3 0.1 0", "3 0.1 2", "3 0.1 4", "10 0.01 0", "10 0.01 2", "10 0.01 4",
          "10 0.1 0", "10 0.1 2", "10 0.1 4",
        ])
      #expect(variances.allSatisfy { $0.dropFirst(3).allSatisfy { (Double($0) ?? 0) > 0 } })
    }
  }

  @Test("an interrupted figure 5 goes on with the runs where they were, and leaves what it would have left")
  func resume() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.splitDigits(in: folder)
      let output = folder.appending(path: "out")
      let whole = try files(figure(dataset), in: output, threads: 1)
      let points = output.appending(path: "points")
      let name = try #require(
        FileManager.default.contentsOfDirectory(atPath: points.path).first { $0.hasSuffix(".jsonl") })
      let lines = try Data(contentsOf: points.appending(path: name))
      try lines[..<(lines.count / 3)].write(to: points.appending(path: name))
      // Half of a run is lost too, and all of another.
      let runs = points.appending(path: String(name.dropLast(".jsonl".count)))
      for part in ["train-1/snapshots", "train-1/training"] {
        let part = runs.appending(path: part)
        for file in try FileManager.default.contentsOfDirectory(atPath: part.path) where file.contains("00004") {
          try FileManager.default.removeItem(at: part.appending(path: file))
        }
      }
      try FileManager.default.removeItem(at: runs.appending(path: "validation-1"))
      #expect(try files(figure(dataset), in: output, threads: 2) == whole)
    }
  }

  @Test("a data set without outer-validation classes is refused")
  func refused() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder)
      let error = #expect(throws: ShardsError.self) { try figure(dataset) }
      #expect(error?.description.contains("outer-validation") == true)
    }
  }
}

/// What figure 5 says of variances.
@Suite struct EstimatorVariancesTests {
  /// Each worker's every task is one of its own.
  private struct Tasks: TaskDistribution {
    func task(worker: Int, draw: Int) throws -> InnerTask {
      InnerTask(problem: 0, images: try InnerInstance.tiny.images(draw << 8 | worker))
    }
  }

  private func variances(pairs: Int, threads: Int) throws -> EstimatorVariances {
    var outer = OuterSettings.small
    outer.pairs = pairs
    outer.sigma = 0.01
    var inner = InnerSettings.small
    inner.batch = 8
    inner.optimizer.hiddenUnits = 8
    return try EstimatorVariances(
      theta: inner.optimizer.descendingTheta(seed: 1, noise: 0.3, gain: 30), length: 10, draws: 8, outer: outer,
      inner: inner, problems: [InnerInstance.tiny.problem], tasks: Tasks(), seed: 1, threads: threads,
      kernels: .forTests)
  }

  @Test(
    "of a short unroll back-propagation varies less than evolution strategies, and the combined one no more than it")
  func order() throws {
    let found = try variances(pairs: 8, threads: 2)
    let exact = try #require(found.reparameterization)
    #expect(exact < found.evolutionStrategies / 10)
    #expect(found.ratio < 2)
  }

  @Test("outer-gradients of four times the pairs have about a quarter of the variance, for any number of threads")
  func pairs() throws {
    let (few, many) = (try variances(pairs: 8, threads: 1), try variances(pairs: 32, threads: 2))
    // Not of evolution strategies: their samples have a long tail.
    let ratio = try #require(few.reparameterization) / #require(many.reparameterization)
    #expect(ratio > 3 && ratio < 5.3)
    #expect(few.combined / many.combined > 2.5)
    #expect(try variances(pairs: 8, threads: 3) == few)
  }
}
