import Files
import Foundation
import Shards
import Snapshots
import Synchronization
import TestSupport
import Testing

@testable import Engine
@testable import Settings
@testable import Training

/// What may be asked of a run while it trains.
@Suite struct ControlTests {
  private static func configuration(_ folder: URL, state: String, outerIterations: Int) throws -> Configuration {
    let data = folder.appending(path: "data")
    let dataset =
      FileManager.default.fileExists(atPath: data.path) ? data : try SmallDataset.digits(in: folder).folder
    var configuration = SmallRun.configuration(
      dataset, state: folder.appending(path: state), outerIterations: outerIterations)
    configuration.snapshot.freeMib = 0
    return configuration
  }

  @Test("a run that is paused again and again comes to the same θ, bit for bit", arguments: [false, true])
  func pausedAgainAndAgain(asynchronous: Bool) throws {
    try withTemporaryFolder { folder in
      let plain = try Self.configuration(folder, state: "plain", outerIterations: 8)
      try TrainingRun(configuration: plain, kernels: .forTests, console: .silent).run()
      var configuration = try Self.configuration(folder, state: "paused", outerIterations: 8)
      configuration.outer.asynchronous.on = asynchronous
      let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent)
      let ended = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        do { try run.run() } catch { Issue.record(error) }
        ended.signal()
      }
      while ended.wait(timeout: .now() + .milliseconds(15)) == .timedOut {
        run.pause()
        usleep(5_000)
        run.resume()
      }
      #expect(run.status.outerIteration == 8 && !run.status.isPaused)
      let theta = try SmallRun.theta(folder.appending(path: "paused"), 8)
      // Asynchronous runs take the outer-gradients in the order in which they come.
      if !asynchronous { #expect(try theta == SmallRun.theta(folder.appending(path: "plain"), 8)) }
      #expect(theta.allSatisfy { $0.isFinite })
    }
  }

  @Test("a paused run can be stopped, and its state is durable") func stoppedWhilePaused() throws {
    try withTemporaryFolder { folder in
      let run = try TrainingRun(
        configuration: Self.configuration(folder, state: "state", outerIterations: 1_000_000),
        kernels: .forTests, console: .silent)
      run.pause()
      Thread.detachNewThread {
        usleep(300_000)
        run.stop()
      }
      try run.run()
      #expect(run.status.outerIteration == 0)
      #expect(
        try StateStore(readingFrom: StateFolder(run.configuration.stateFolder)).newest(refused: { Issue.record($0) })
          != nil)
    }
  }

  @Test("reload takes over when snapshots are written and kept, and names what needs a new start") func reload() throws
  {
    try withTemporaryFolder { folder in
      let configuration = try Self.configuration(folder, state: "state", outerIterations: 3)
      let log = RecordingLog()
      let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: log.logger)
      var new = configuration
      new.snapshot.keep = 7
      new.outer.learningRate = 0.5
      new.datasets[0].weight = 2
      try run.reload(new)
      #expect(log.lines.contains("reloaded: snapshot.keep: 20 → 7"), "\(log.lines)")
      #expect(
        log.lines.contains("not reloaded, it takes effect with the next start: outer.learning_rate: 0.003 → 0.5"))
      #expect(log.lines.contains { $0.hasPrefix("not reloaded, it takes effect with the next start: datasets: ") })
      #expect(run.recorder.settings.withLock { $0.keep } == 7)
      try run.reload(new)
      #expect(log.lines.count { $0.hasPrefix("reloaded: snapshot.keep") } == 1)
      // A key that the table calls live does change.
      new.snapshot = .init(everySeconds: 1, keep: 2, keepEverySeconds: 3, freeMib: 4, signingKeyFile: "/other")
      try run.reload(new)
      let left = try ConfigurationChange.differences(from: run.applied, to: new)
      #expect(left.map(\.key) == ["datasets", "outer.learning_rate", "snapshot.signing_key_file"])
    }
  }

  @Test("as many snapshots are kept as configured, step 0 and the best besides") func retention() throws {
    try withTemporaryFolder { folder in
      var configuration = try Self.configuration(folder, state: "state", outerIterations: 9)
      configuration.snapshot.everySeconds = 1e-6
      configuration.snapshot.keep = 3
      configuration.outer.average.decay = 0
      // Longer than the test lasts, and begun long before it: step 1 is the first of its stretch.
      configuration.snapshot.keepEverySeconds = 31_536_000
      try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent).run()
      let steps = try SnapshotStore(readingFrom: configuration.stateFolder).list().map(\.record.step)
      #expect(steps == [9, 8, 7, 0])
    }
  }

  @Test(
    "where the disk is nearly full nothing is written, an alarm says so, training goes on; the end writes its state")
  func nearlyFull() throws {
    try withTemporaryFolder { folder in
      var configuration = try Self.configuration(folder, state: "state", outerIterations: 6)
      configuration.snapshot.everySeconds = 1e-6
      configuration.snapshot.freeMib = 1_000_000_000
      let log = RecordingLog()
      let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: log.logger)
      let stop = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        while run.alarms.messages.isEmpty, run.status.outerIteration < 6 { usleep(1_000) }
        stop.signal()
      }
      try run.run()
      stop.wait()
      #expect(run.alarms.messages.count == 1 && run.alarms.messages[0].contains("the disk is nearly full"))
      #expect(log.lines.contains { $0.hasPrefix("the snapshot could not be written: ") })
      #expect(
        try SnapshotStore(readingFrom: configuration.stateFolder).list().map(\.record.step).filter { $0 > 0 } == [6, 6])
      let error = #expect(throws: TrainingError.self) { try run.snapshotNow() }
      #expect(error?.code == .diskNearlyFull)
    }
  }

  @Test("Adam is trained on the evaluation's tasks once, and its loss remembered") func adam() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.splitDigits(in: folder).folder
      var configuration = SmallRun.configuration(
        dataset, state: folder.appending(path: "state"), outerIterations: 2)
      configuration.snapshot.freeMib = 0
      configuration.evaluation = .init(every: 1, tasks: 2, initialisations: 1, steps: 30)
      /// Runs to the configured end; Adam's losses in the evaluations, and whether Adam was trained.
      func train() throws -> (losses: [Double?], trained: Bool) {
        let log = RecordingLog()
        let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: log.logger)
        try run.run()
        #expect(run.status.adamLoss == run.history.columns.evaluations.adamLoss.last)
        return (run.history.columns.evaluations.adamLoss, log.lines.contains { $0.contains("with Adam, once") })
      }
      let first = try train()
      let adam = try #require(first.losses.first ?? nil)
      #expect(adam > 0 && adam < 2.3)
      #expect(first.losses == [adam, adam] && first.trained)
      configuration.outerIterations = 3
      let second = try train()
      #expect(second.losses == [adam, adam, adam] && !second.trained)
    }
  }
}
