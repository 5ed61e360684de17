import Foundation
import Shards
import Snapshots
import TestSupport
import Testing

@testable import Engine
@testable import Settings
@testable import Tasks
@testable import Training

/// Runs whose problems have settings of their own.
@Suite struct OwnSettingsTests {
  private func configuration(
    _ dataset: Dataset, in folder: URL, _ problems: [Configuration.Problem], outerIterations: Int = 3,
    state: String = "state"
  ) -> Configuration {
    var configuration = SmallRun.configuration(
      dataset.folder, state: folder.appending(path: state), outerIterations: outerIterations)
    configuration.outer.pairs = 8
    configuration.problem = problems
    return configuration
  }

  private func train(_ configuration: Configuration) throws -> (log: RecordingLog, state: TrainingState) {
    let log = RecordingLog()
    try TrainingRun(configuration: configuration, kernels: .forTests, console: log.logger).run()
    let state = try StateStore(readingFrom: StateFolder(configuration.stateFolder)).newest { _ in }
    return (log, try #require(state))
  }

  @Test("tasks live as their problem says; log, state and snapshots tell; a change has workers begin anew")
  func lives() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder)
      let problems = [
        Configuration.Problem(name: "mlp2x32", batch: 4, life: .init(from: 300, to: 400)),
        .init(name: "conv3x2-mnist@14"),
      ]
      let (log, state) = try train(configuration(dataset, in: folder, problems))
      #expect(
        log.lines.contains(
          "mlp2x32 on \(dataset.folder.lastPathComponent): lives of 300 to 400 inner steps, minibatches of 4 images"))
      #expect(!log.lines.contains { $0.hasPrefix("conv3x2-mnist@14 on ") })
      let workers = state.learner.workers
      #expect(Set(workers.map(\.problem)) == [0, 1])
      // A worker's first task lives for a share of its life.
      #expect(workers.allSatisfy { $0.problem == 0 || $0.life <= 20 })
      #expect(workers.contains { $0.problem == 0 && $0.life > 20 })
      #expect(state.tasks.map(\.batch) == [4, nil] && state.tasks.map(\.life) == [300...400, nil])
      let snapshot = try Snapshot(
        contentsOf: folder.appending(path: "state/snapshots/theta-000000003.safetensors"))
      #expect(snapshot.metadata.batch == 8 && snapshot.metadata.steps == 400)

      var changed = problems
      changed[0].life = .init(from: 300, to: 500)
      let next = try train(configuration(dataset, in: folder, changed, outerIterations: 4))
      let line = try #require(next.log.lines.first { $0.hasPrefix("workers begin anew: tasks: ") })
      #expect(line.contains(", lives 300 to 400, minibatches of 4, ") && line.contains(", lives 300 to 500, "))
      let same = try train(configuration(dataset, in: folder, changed, outerIterations: 5))
      #expect(!same.log.lines.contains { $0.hasPrefix("workers begin anew") })
    }
  }

  @Test("settings of its own that are those of all change nothing: neither θ nor what the state remembers")
  func same() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder)
      let plain = try train(configuration(dataset, in: folder, [.init(name: "mlp2x32")], state: "plain"))
      let own = Configuration.Problem(name: "mlp2x32", batch: 8, life: .init(from: 10, to: 20))
      let named = try train(configuration(dataset, in: folder, [own], state: "own"))
      #expect(named.state.learner == plain.state.learner && named.state.tasks == plain.state.tasks)
      // Given for the one problem or for all, it is the same.
      var all = configuration(dataset, in: folder, [.init(name: "mlp2x32")], state: "all")
      (all.inner.batch, all.inner.life) = (5, .init(from: 15, to: 40))
      let other = Configuration.Problem(name: "mlp2x32", batch: 5, life: .init(from: 15, to: 40))
      #expect(
        try train(all).state.learner
          == train(configuration(dataset, in: folder, [other], state: "other")).state.learner)
      #expect(named.state.learner != (try train(all).state.learner))
    }
  }

  @Test("an evaluation trains a problem with its own minibatch, and for its own longest life where it has no steps")
  func evaluation() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder)
      func identity(_ problem: Configuration.Problem, _ edit: (inout Configuration) -> Void = { _ in }) throws -> String
      {
        var configuration = configuration(dataset, in: folder, [problem])
        edit(&configuration)
        return try OuterEvaluation.of(configuration, [dataset]).identity
      }
      let plain = try identity(.init(name: "mlp2x32"))
      let own = try identity(.init(name: "mlp2x32", batch: 4, life: .init(from: 10, to: 30)))
      #expect(own != plain)
      #expect(
        try own
          == identity(.init(name: "mlp2x32")) {
            $0.inner.batch = 4
            $0.inner.life.to = 30
          })
      #expect(
        try identity(.init(name: "mlp2x32", life: .init(from: nil, to: 30))) { $0.evaluation.steps = 20 } == plain)
    }
  }
}
