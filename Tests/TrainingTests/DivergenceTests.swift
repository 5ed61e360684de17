import Files
import Foundation
import Logging
import Shards
import Snapshots
import TestSupport
import Testing

@testable import Engine
@testable import Settings
@testable import Training

/// A run whose θ trains nothing any more.
@Suite struct DivergenceTests {
  private func report(diverged: Int = 0, gradientNorm: Double = 1) -> OuterIterationReport {
    var report = TrainingLogTests.report(1)
    report.diverged = diverged
    report.gradientNorm = gradientNorm
    return report
  }

  @Test("an alarm stands while ten and more outer-iterations in a row are lost; one pair that trains ends it")
  func watch() {
    let (watch, alarms, log) = (DivergenceWatch(), Alarms(), RecordingLog())
    func look(_ report: OuterIterationReport, times: Int) {
      for _ in 0..<times { watch.look(at: report, alarms, log.logger) }
    }
    look(report(diverged: 4), times: 9)
    look(report(diverged: 3), times: 20)
    look(report(diverged: 4), times: 5)
    look(report(gradientNorm: 0), times: 4)
    #expect(alarms.messages.isEmpty && !watch.isLost && log.lines.isEmpty)
    look(report(gradientNorm: .infinity), times: 1)
    #expect(watch.isLost && alarms.messages.count == 1 && alarms.messages[0].contains("θ trains nothing"))
    #expect(alarms.messages(isTrusted: false) == alarms.messages)
    look(report(diverged: 4), times: 50)
    #expect(log.lines == alarms.messages)
    look(report(diverged: 3), times: 1)
    #expect(alarms.messages.isEmpty && !watch.isLost && log.lines.count == 2)
  }

  @Test("where every pair diverges θ stays finite, an alarm says so, and sound snapshots are not pushed out")
  func run() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder).folder
      var configuration = SmallRun.configuration(dataset, state: folder.appending(path: "state"), outerIterations: 40)
      configuration.outer.learningRate = 1e15
      configuration.snapshot.everySeconds = 1e-6
      configuration.snapshot.keep = 20
      configuration.snapshot.keepEverySeconds = 31_536_000
      let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent)
      try run.run()
      #expect(run.alarms.messages.contains { $0.contains("every pair diverged") })
      let steps = Set(try run.snapshots.list().map(\.record.step))
      #expect(steps.contains(0) && steps.contains(1) && steps.contains(40) && steps.isDisjoint(with: 12..<40))
      for listed in try run.snapshots.list() {
        let (record, data) = try run.snapshots.read(named: listed.record.name)
        #expect(try Snapshot(data, name: record.name).theta.allSatisfy(\.isFinite))
      }
    }
  }

  @Test("a state whose θ is not finite, as older versions wrote it, is refused, and the one before goes on")
  func olderState() throws {
    try withTemporaryFolder { folder in
      let store = try StateStore(creatingIn: StateFolder(folder))
      func write(_ theta: [Float]) throws {
        try store.write {
          TrainingState(
            learner: LearnerState(theta: theta, workers: 0), configuration: Configuration(preset: .small), tasks: [])
        }
      }
      try write([1, 2])
      try write([1, .nan])
      var refused: [String] = []
      #expect(try store.restore { refused.append("\($0)") }?.learner.theta == [1, 2])
      #expect(
        refused.count == 1 && refused[0].contains("training-000000002.safetensors: damaged: numbers of its theta"))
      try write([.infinity, .nan])
      let error = #expect(throws: TrainingError.self) { try store.restore { _ in } }
      #expect(error?.description.contains("the newest snapshot in it that lopt verify finds sound") == true)
    }
  }
}
