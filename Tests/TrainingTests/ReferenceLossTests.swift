import Foundation
import Shards
import Snapshots
import TestSupport
import Testing

@testable import Engine
@testable import Settings
@testable import Tasks
@testable import Training

/// Outer-gradients that are divided by a reference loss of their problem.
@Suite struct ReferenceLossTests {
  private func configuration(_ dataset: Dataset, in folder: URL, state: String) -> Configuration {
    var configuration = SmallRun.configuration(dataset.folder, state: folder.appending(path: state), outerIterations: 1)
    configuration.problem = [.init(name: "mlp2x32")]
    // So Adam's first moment is the outer-gradient.
    configuration.outer.beta1 = 0
    configuration.outer.clip = .init(by: .value, at: 1e9)
    return configuration
  }

  private func train(_ configuration: Configuration) throws -> (gradient: [Float], log: RecordingLog) {
    let log = RecordingLog()
    try TrainingRun(configuration: configuration, kernels: .forTests, console: log.logger).run()
    let state = try StateStore(readingFrom: StateFolder(configuration.stateFolder)).newest { _ in }
    return (try #require(state).learner.adam.first, log)
  }

  /// The gradients' ratio, where it is the same in all coordinates.
  private func ratio(_ found: [Float], _ plain: [Float]) -> Double? {
    let scale = plain.map(abs).max() ?? 0
    guard let at = plain.firstIndex(where: { abs($0) == scale }), scale > 0 else { return nil }
    let ratio = Double(found[at]) / Double(plain[at])
    let agrees = zip(found, plain).allSatisfy { abs(Double($0) - ratio * Double($1)) <= 1e-5 * Double(scale) }
    return agrees ? ratio : nil
  }

  @Test("the outer-gradient is divided by the problem's loss, or by its initial one; the losses stay as they are")
  func divided() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder)
      let plain = try train(configuration(dataset, in: folder, state: "plain"))
      #expect(!plain.log.lines.contains { $0.contains("divided") })

      var own = configuration(dataset, in: folder, state: "own")
      own.problem[0].referenceLoss = 0.25
      let divided = try train(own)
      #expect(try abs(#require(ratio(divided.gradient, plain.gradient)) - 4) < 1e-4)
      let name = dataset.folder.lastPathComponent
      #expect(divided.log.lines.contains("mlp2x32 on \(name): outer-gradients divided by the loss 0.2500"))

      var initial = configuration(dataset, in: folder, state: "initial")
      initial.outer.reference = .initial
      let found = try train(initial)
      let loss = try 1 / #require(ratio(found.gradient, plain.gradient))
      // Of 10 classes, at small initial weights.
      #expect(abs(loss - logarithm10) < 0.3, "\(loss)")
      #expect(found.log.lines.contains { $0.hasPrefix("mlp2x32 on \(name): outer-gradients divided by the loss 2.") })

      // Its own goes before.
      own.state = folder.appending(path: "both").path
      own.outer.reference = .initial
      #expect(try train(own).gradient == divided.gradient)

      let rows = try ["plain", "own", "initial"].map { try WrittenLog.rows(folder.appending(path: $0)) }
      let losses = rows.map { rows in
        rows.compactMap { if case .outerIteration(let row) = $0 { row.outerLoss } else { nil } }
      }
      #expect(losses[0].count == 1 && losses[1] == losses[0] && losses[2] == losses[0])
    }
  }

  private let logarithm10 = 2.302_585

  @Test("an initial loss is a pure function: the same again, for each problem its own, and the clip where it is above")
  func initial() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder)
      var configuration = configuration(dataset, in: folder, state: "state")
      configuration.problem.append(.init(name: "conv3x2-mnist@14"))
      configuration.outer.reference = .initial
      func losses() throws -> [Double?] {
        try DatasetTaskDistribution(configuration, datasets: [dataset], kernels: .forTests).choices.map(\.reference)
      }
      let found = try losses().compactMap { $0 }
      #expect(try losses() == found && found.count == 2 && found[0] != found[1])
      configuration.seed += 1
      #expect(try losses() != found)
      configuration.outer.lossClip = 1.5
      #expect(try losses() == [1.5, 1.5])
      configuration.outer.reference = .none
      #expect(try losses() == [nil, nil])
    }
  }

  @Test("a changed reference loss of a problem has workers begin anew; that of all takes effect at the next start")
  func changes() throws {
    try withTemporaryFolder { folder in
      var configuration = configuration(try SmallDataset.digits(in: folder), in: folder, state: "state")
      _ = try train(configuration)
      configuration.outerIterations = 2
      configuration.outer.reference = .initial
      let all = try train(configuration).log
      #expect(all.lines.contains(#"takes effect: outer.reference: "none" → "initial""#), "\(all.lines)")
      #expect(!all.lines.contains { $0.hasPrefix("workers begin anew") })
      configuration.outerIterations = 3
      configuration.problem[0].referenceLoss = 0.5
      let own = try train(configuration).log
      #expect(
        own.lines.contains { $0.hasPrefix("workers begin anew: tasks: ") && $0.hasSuffix(", reference loss 0.5") })
    }
  }
}
