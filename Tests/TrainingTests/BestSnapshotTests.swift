import Foundation
import Shards
import Snapshots
import Synchronization
import TestSupport
import Testing

@testable import Engine
@testable import Settings
@testable import Threads
@testable import Training

/// Runs that evaluate θ as they go, and keep the best.
@Suite struct BestSnapshotTests {
  private func configuration(_ dataset: Dataset, state: URL, outerIterations: Int, every: Int = 2) -> Configuration {
    var configuration = SmallRun.configuration(dataset.folder, state: state, outerIterations: outerIterations)
    configuration.evaluation = .init(every: every, tasks: 2, initialisations: 1, steps: 20)
    return configuration
  }

  private func train(_ configuration: Configuration) throws {
    try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent).run()
  }

  private func evaluations(_ state: URL) throws -> [EvaluationRow] {
    try WrittenLog.rows(state).compactMap { row -> EvaluationRow? in
      if case .evaluation(let row) = row { row } else { nil }
    }
  }

  private func losses(_ state: URL) throws -> [Double] { try evaluations(state).map(\.loss) }

  /// The best snapshot of a state folder, without when it was written.
  private func best(_ state: URL) throws -> BestSnapshot? {
    var best = try SnapshotStore(readingFrom: state).best()
    best?.record.created = ""
    return best
  }

  @Test("θ is evaluated every so many outer-iterations; the lowest loss is the best, and its snapshot is there")
  func keepsTheBest() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder)
      let state = folder.appending(path: "state")
      let configuration = configuration(data, state: state, outerIterations: 9)
      let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent)
      try run.run()
      let rows = try evaluations(state)
      #expect(rows.map(\.outerIteration) == [2, 4, 6, 8])
      let lowest = try #require(rows.min { $0.loss < $1.loss })
      let best = try #require(try SnapshotStore(readingFrom: state).best())
      #expect(best.evaluationLoss == lowest.loss && best.record.step == lowest.outerIteration)
      #expect(rows.map(\.best) == rows.indices.map { at in rows[..<at].allSatisfy { $0.loss > rows[at].loss } })
      #expect(run.status.best == best.record.step && run.status.evaluationLoss == rows.last?.loss)
      let kept = try Snapshot(SnapshotStore(readingFrom: state).read(named: best.record.name).data, name: "best")
      let again = try OuterEvaluation.of(configuration, [data]).losses(of: kept.theta, stop: StopFlag())?.mean
      #expect(again == best.evaluationLoss)
      try WrittenLog.expectSameEvents(state)
    }
  }

  @Test(
    "a run whose data set has no classes apart has a best too, and everything says on which classes it was evaluated")
  func noClassesApart() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let state = folder.appending(path: "state")
      let log = RecordingLog()
      let configuration = configuration(data, state: state, outerIterations: 4)
      let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: log.logger)
      try run.run()
      let words = "on new tasks of classes to train on"
      #expect(log.lines.contains { $0.hasSuffix("split outer-validation: evaluations are \(words)") })
      #expect(log.lines.contains { $0.hasPrefix("evaluation at outer-iteration 2 \(words): loss ") })
      let rows = try evaluations(state)
      #expect(rows.map(\.outerIteration) == [2, 4] && rows.allSatisfy { $0.split == .train && $0.adamLoss != nil })
      #expect(try SnapshotStore(readingFrom: state).best()?.evaluationSplit == "train")
      #expect(run.status.evaluationSplit == "train" && run.history.columns.evaluations.split == ["train", "train"])
      let tags = try Set(EventFolder.curves(in: state.appending(path: "tensorboard")).keys)
      #expect(tags.isSuperset(of: ["evaluation_on_train/loss", "evaluation_on_train/adam_loss"]))
      #expect(!tags.contains("evaluation/loss"))
      try WrittenLog.expectSameEvents(state)
    }
  }

  @Test("a run that is stopped and goes on is the one that was not: θ, losses and the best; evaluation changes no θ")
  func resumes() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder)
      let (whole, parts, without) = ("whole", "parts", "without")
      func state(_ name: String) -> URL { folder.appending(path: name) }
      try train(configuration(data, state: state(whole), outerIterations: 7))
      for last in [1, 2, 3, 6, 7] { try train(configuration(data, state: state(parts), outerIterations: last)) }
      try train(configuration(data, state: state(without), outerIterations: 7, every: 0))
      #expect(try SmallRun.theta(state(whole), 7) == SmallRun.theta(state(parts), 7))
      #expect(try SmallRun.theta(state(whole), 7) == SmallRun.theta(state(without), 7))
      #expect(try losses(state(whole)) == losses(state(parts)))
      #expect(try best(state(whole)) == best(state(parts)))
      #expect(try best(state(without)) == nil)
      let rows = try WrittenLog.rows(state(parts))
      #expect(rows.map(\.outerIteration) == [1, 2, 2, 3, 4, 4, 5, 6, 6, 7])
      try WrittenLog.expectSameEvents(state(parts))
    }
  }

  @Test("an evaluation that was stopped is made by the run that goes on")
  func stoppedEvaluation() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder)
      let state = folder.appending(path: "state")
      let configuration = configuration(data, state: state, outerIterations: 3)
      let running = Mutex<TrainingRun?>(nil)
      do {
        let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent) { report, _ in
          if report.outerIteration == 2 { running.withLock { $0?.stop() } }
        }
        running.withLock { $0 = run }
        try run.run()
        running.withLock { $0 = nil }
      }
      #expect(try WrittenLog.rows(state).map(\.outerIteration) == [1, 2])
      #expect(try evaluations(state).isEmpty)
      try train(configuration)
      #expect(try WrittenLog.rows(state).map(\.outerIteration) == [1, 2, 2, 3])
      #expect(try evaluations(state).map(\.outerIteration) == [2])
    }
  }

  @Test(
    "a best of earlier is remembered: one with a higher loss does not take its place, one of another evaluation does")
  func remembered() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder)
      let state = folder.appending(path: "state")
      try train(configuration(data, state: state, outerIterations: 2))
      let store = SnapshotStore(readingFrom: state)
      var first = try #require(try store.best())
      first.evaluationLoss = 0.001
      try store.setBest(first)
      try train(configuration(data, state: state, outerIterations: 4))
      #expect(try store.best() == first)
      #expect(try evaluations(state).map(\.best) == [true, false])
      let log = RecordingLog()
      var other = configuration(data, state: state, outerIterations: 6)
      other.evaluation.steps = 19
      try TrainingRun(configuration: other, kernels: .forTests, console: log.logger).run()
      #expect(try store.best()?.record.step == 6)
      #expect(log.lines.contains { $0.hasPrefix("\(first.record.name) was the best of another evaluation") })
    }
  }

  @Test("where a run keeps an average of θ, that has snapshots of its own, and is what is evaluated and the best")
  func average() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder)
      let state = folder.appending(path: "state")
      var configuration = configuration(data, state: state, outerIterations: 4)
      configuration.outer.average.decay = 0.5
      try train(configuration)
      let store = SnapshotStore(readingFrom: state)
      let average = try Snapshot(store.read(named: "average-000000004.safetensors").data, name: "average")
      #expect(average.metadata.averageDecay == 0.5 && average.metadata.outerIteration == 4)
      #expect(try average.theta != SmallRun.theta(state, 4))
      let loss = try OuterEvaluation.of(configuration, [data]).losses(of: average.theta, stop: StopFlag())?.mean
      #expect(try losses(state).last == loss)
      let best = try #require(try store.best())
      #expect(best.record.name == store.name(.average, step: best.record.step))
      #expect(try store.latest()?.name == "theta-000000004.safetensors")
    }
  }

  @Test("a damaged best snapshot is named in the console and counts as none")
  func damaged() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder)
      let state = folder.appending(path: "state")
      try train(configuration(data, state: state, outerIterations: 2))
      try Data("{}".utf8).write(to: state.appending(path: "snapshots/best.json"))
      let log = RecordingLog()
      let run = try TrainingRun(
        configuration: configuration(data, state: state, outerIterations: 4), kernels: .forTests, console: log.logger)
      #expect(run.status.best == nil && log.lines.contains { $0.hasPrefix("refused: ") && $0.contains("best.json") })
      try run.run()
      #expect(run.status.best == 4)
    }
  }
}
