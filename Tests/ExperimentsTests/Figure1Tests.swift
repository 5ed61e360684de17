import Engine
import Files
import Foundation
import Shards
import Snapshots
import Tasks
import TestSupport
import Testing

@testable import Experiments

/// Figure 1 at a scale of seconds.
@Suite struct Figure1Tests {
  private func learned(_ objective: String, seed: UInt64 = 1) throws -> RunnableSnapshot {
    var architecture = Architecture()
    architecture.hiddenUnits = 8
    let metadata = SnapshotMetadata(
      hiddenLayers: architecture.hiddenLayers, hiddenUnits: architecture.hiddenUnits,
      features: architecture.features.map(\.rawValue), betas: architecture.betas, timeScales: architecture.timeScales,
      lambda1: architecture.lambda1, lambda2: architecture.lambda2, outerIteration: 0, objective: objective,
      estimator: "combined", problem: "mlp2x32", batch: 8, steps: 50, dataset: "data", datasetSHA256: "", seed: 1,
      toolVersion: "test")
    return try RunnableSnapshot(
      Snapshot(theta: architecture.initialTheta(seed: seed), metadata: metadata), name: "\(objective).safetensors")
  }

  private func figure(_ dataset: Dataset, _ learned: [RunnableSnapshot]) throws -> Figure1 {
    var settings = Figure1.Settings(
      problem: "mlp2x32", split: .outerValidation, steps: 12, batch: 4, tasks: 2, initialisations: 2)
    settings.screen = 1
    settings.looks = 4
    return try Figure1(settings, dataset: dataset, learned: learned, kernels: .forTests)
  }

  private func files(_ figure: Figure1, in folder: URL, threads: Int = 2) throws -> [String: Data] {
    let files = try FigureRun(figure, output: folder, threads: threads).run()
    return try Dictionary(uniqueKeysWithValues: files.map { ($0.lastPathComponent, try Data(contentsOf: $0)) })
  }

  /// The rows of a table by the columns' names.
  private func rows(_ file: Data?) -> [[String: String]] {
    let lines = String(decoding: file ?? Data(), as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  private func number(_ row: [String: String], _ key: String) throws -> Double {
    try #require(row[key].flatMap { Double($0) }, "\(key)")
  }

  @Test(
    "figure 1 has a curve of each optimizer for each loss, the baselines' for twice the time, and a summary")
  func tables() throws {
    try withTemporaryFolder { folder in
      let figure = try figure(SmallDataset.splitDigits(in: folder), [learned("train"), learned("validation", seed: 2)])
      let files = try files(figure, in: folder.appending(path: "out"))
      #expect(Set(files.keys) == ["figure1.csv", "figure1-summary.csv", "figure1.svg", "figure1.pdf", "figure1.md"])
      let (points, summary) = (rows(files["figure1.csv"]), rows(files["figure1-summary.csv"]))
      let optimizers =
        ["learned train", "learned validation", "learned-tuned train", "learned-tuned validation"]
        + ["adam ", "rmsprop ", "momentum "]
      #expect(
        summary.map { "\($0["loss"] ?? "") \($0["optimizer"] ?? "") \($0["objective"] ?? "")" }
          == ["train", "validation"].flatMap { loss in optimizers.map { "\(loss) \($0)" } })
      let learnedRows = summary.filter { $0["optimizer"] == "learned" }
      let range = try learnedRows.map { try number($0, "seconds_per_1000_steps") * 12 / 1_000 }.max() ?? 0
      for row in summary {
        let curves = points.filter { point in
          ["loss", "optimizer", "objective", "learning_rate"].allSatisfy { point[$0] == row[$0] }
        }
        let isLearned = row["optimizer"]?.hasPrefix("learned") == true
        #expect((row["step_scale"] != "") == isLearned && (row["learning_rate"] == "") == isLearned)
        let steps = try Int(number(row, "steps"))
        let last = try #require(curves.last)
        #expect(Int(last["step"] ?? "") == (isLearned ? steps : 2 * steps))
        #expect(
          try abs(number(last, "seconds") / range - (isLearned ? 1 : 2)) < (isLearned ? 0.5 : 2.0 / Double(steps)))
        let end = try #require(curves.first { $0["step"] == "\(steps)" })
        #expect(try abs(number(end, "mean") - number(row, "mean")) < 1e-9)
        if isLearned {
          #expect(row["lowest"] == "")
        } else {
          #expect(try number(row, "lowest") <= curves.map { try number($0, "mean") }.min() ?? 0)
        }
        #expect(
          try number(row, "ratio_low") <= number(row, "ratio") && number(row, "ratio") <= number(row, "ratio_high"))
      }
      // The scale 1 is one of those that a tuned one is the best of, on the tasks of the screening at least.
      #expect(learnedRows.allSatisfy { $0["step_scale"] == "1.0" })
      #expect(summary.contains { $0["optimizer"] == "learned-tuned" && $0["step_scale"] != "1.0" })
      // The best baseline is the measure of the ratios.
      for loss in ["train", "validation"] {
        let ratios = try summary.filter { $0["loss"] == loss && $0["objective"] == "" }.map { try number($0, "ratio") }
        #expect(ratios.min() == 1)
      }
      let page = String(decoding: files["figure1.md"] ?? Data(), as: UTF8.self)
      for words in [
        "of the best baseline's (95 % interval", "Time of a step, and steps in the range: learned (train objective)",
        "2 tasks of 10 outer-validation",
      ] {
        #expect(page.contains(words), "\(words)")
      }
    }
  }

  @Test(
    "an interrupted figure 1 goes on with the times and runs that it had, and leaves what it would have left")
  func resume() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "out")
      let figure = try figure(SmallDataset.splitDigits(in: folder), [learned("train")])
      let whole = try files(figure, in: output, threads: 1)
      let points = output.appending(path: "points")
      let left = try FileManager.default.subpathsOfDirectory(atPath: points.path).filter { $0.hasSuffix(".jsonl") }
      // The logs of runs are gone once their courses are points.
      #expect(left.count == 1)
      let file = points.appending(path: left[0])
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 1 + 1 + 1 + 1 + 3)
      // Settings, times, the learned optimizer; the next one is cut.
      try (lines[..<3].joined(separator: "\n") + "\n" + lines[3].prefix(40)).write(
        to: file, atomically: true, encoding: .utf8)
      #expect(try files(figure, in: output, threads: 2) == whole)
      #expect(try String(contentsOf: file, encoding: .utf8).contains(lines[1]))
    }
  }

  @Test("two snapshots of one objective are refused, and so is a problem that does not fit")
  func refused() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.splitDigits(in: folder)
      let error = #expect(throws: ExperimentsError.self) {
        try figure(dataset, [learned("train"), learned("train", seed: 2)])
      }
      #expect(error?.code == .otherObjectives)
      let settings = Figure1.Settings(
        problem: "conv3x8@16", split: .train, steps: 2, batch: 2, tasks: 1, initialisations: 1)
      #expect(throws: EngineError.self) {
        try Figure1(settings, dataset: dataset, learned: [learned("train")], kernels: .forTests)
      }
    }
  }
}
