import Engine
import Foundation
import Shards
import TestSupport
import Testing

@testable import Experiments

/// The arms of figures 7 and 15.
@Suite struct ArmTests {
  private let settings = Ablation.Settings(.small)

  @Test("every arm but the combined one differs from it in one thing, and no two are the same", arguments: Arm.allCases)
  func difference(arm: Arm) {
    let combined = Arm.combined.outer(settings.outer, lengths: settings.lengths)
    var outer = arm.outer(settings.outer, lengths: settings.lengths)
    let estimatorDiffers = outer.estimator != combined.estimator
    let lengthDiffers = outer.curriculum != combined.curriculum
    let inputsDiffer = arm.features != Arm.combined.features
    #expect([estimatorDiffers, lengthDiffers, inputsDiffer].count { $0 } == (arm == .combined ? 0 : 1))
    (outer.estimator, outer.curriculum) = (combined.estimator, combined.curriculum)
    #expect(outer == combined)
  }

  @Test("arms have names of their own, and each is in one panel, the combined one in all")
  func names() {
    #expect(Set(Arm.allCases.map { $0.name(settings.lengths) }).count == Arm.allCases.count)
    let shown = Arm.Group.allCases.flatMap(\.arms)
    #expect(shown.filter { $0 != .combined }.count == Arm.allCases.count - 1)
    #expect(Set(shown).count == Arm.allCases.count)
    #expect(Arm.Group.allCases.allSatisfy { $0.arms[0] == .combined })
  }

  @Test("fixed truncations do not grow")
  func fixed() {
    for (arm, length) in zip([Arm.short, .middle, .long], settings.lengths) {
      let curriculum = arm.outer(settings.outer, lengths: settings.lengths).curriculum
      #expect(curriculum.length(outerIteration: 0) == Double(length))
      #expect(curriculum.length(outerIteration: 10_000) == Double(length))
    }
  }
}

/// How figures 7 and 15 compare.
@Suite struct AblationTests {
  private func figure(_ dataset: Dataset, _ view: Ablation.View) throws -> Ablation {
    var settings = Ablation.Settings(.tiny)
    settings.outerIterations = 4
    return try Ablation(settings, view: view, dataset: dataset.folder, problem: nil, kernels: .forTests)
  }

  /// Losses that are 10 × the arm's place + the run's number + 1 / the checkpoint; each arm takes a second longer.
  private func found(_ figure: Ablation) -> Ablation.Found {
    let arms = Arm.allCases
    return Ablation.Found(
      losses: Dictionary(
        uniqueKeysWithValues: figure.trainings.map { training in
          let base = Double(10 * (arms.firstIndex(of: training.arm) ?? 0) + training.number)
          return (training, figure.settings.checkpoints.indices.map { base + 1 / Double($0 + 1) })
        }),
      seconds: Dictionary(uniqueKeysWithValues: arms.enumerated().map { ($1, Double($0 + 1)) }))
  }

  @Test("late is the last three measurements: of all at equal samples, of what the fastest arm's time allows else")
  func late() throws {
    try withTemporaryFolder { folder in
      let figure = try figure(SmallDataset.splitDigits(in: folder), .distributions)
      let found = found(figure)
      #expect(figure.settings.checkpoints == [0, 1, 2, 3, 4])
      let late = (1.0 / 3 + 1.0 / 4 + 1.0 / 5) / 3
      #expect(zip(figure.lateLosses(.combined, .samples, found), [late, 1 + late]).allSatisfy { abs($0 - $1) < 1e-12 })
      // The fastest has all of its outer-iterations, one that takes twice as long half of them.
      #expect(figure.last(.combined, .wallClock, found) == 4)
      #expect(figure.last(.analytic, .wallClock, found) == 2)
      #expect(abs(figure.lateLosses(.analytic, .wallClock, found)[0] - (10 + (1 + 1.0 / 2 + 1.0 / 3) / 3)) < 1e-12)
      // One that is too slow for the first θ to be trained has that of the beginning.
      #expect(figure.last(.noTime, .wallClock, found) == 0)
      #expect(figure.lateLosses(.noTime, .wallClock, found)[0] == 111)
    }
  }

  @Test("figures 7 and 15 share their points: the second trains nothing")
  func shared() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.splitDigits(in: folder)
      let output = folder.appending(path: "out")
      func run(_ view: Ablation.View) throws -> [String] {
        try FigureRun(figure(dataset, view), output: output, threads: 2).run().map(\.lastPathComponent)
      }
      #expect(try run(.distributions) == ["figure7.csv", "figure7.svg", "figure7.pdf", "figure7.md"])
      let points = output.appending(path: "points")
      let file = try #require(
        FileManager.default.contentsOfDirectory(at: points, includingPropertiesForKeys: nil)
          .first { $0.pathExtension == "jsonl" })
      let known = try Data(contentsOf: file)
      #expect(try run(.courses) == ["figure15.csv", "figure15.svg", "figure15.pdf", "figure15.md"])
      #expect(try Data(contentsOf: file) == known)
      let table = try String(contentsOf: output.appending(path: "figure15.csv"), encoding: .utf8)
      let rows = table.split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst()
      #expect(rows.count == Arm.allCases.count * 2 * 5)
    }
  }
}
