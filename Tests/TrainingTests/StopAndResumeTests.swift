import Foundation
import Shards
import Snapshots
import TestSupport
import Testing

@testable import Engine
@testable import Settings
@testable import Training

@Suite struct StopAndResumeTests {
  private static let stops = ProcessInfo.processInfo.environment["LOPT_LONG"] == nil ? 25 : 1_000

  @Test(
    "stopped and resumed again and again, at any moment, a run comes to the same θ, moments and workers, bit for bit",
    arguments: [OuterSettings.Estimator.combined, .pes])
  func bitForBit(estimator: OuterSettings.Estimator) throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder).folder
      func run(_ name: String, outerIterations: Int) throws -> TrainingRun {
        var configuration = SmallRun.configuration(
          dataset, state: folder.appending(path: name), outerIterations: outerIterations)
        configuration.outer.estimator = estimator
        configuration.outer.average.decay = 0.9
        configuration.snapshot.everySeconds = 3_600
        return try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent)
      }
      var random = SystemRandomNumberGenerator()
      var stops = 0
      var done = 0
      while stops < Self.stops || done == 0 {
        let part = try run("parts", outerIterations: .max)
        // Longer and longer, so that a slow machine, too, finishes a truncation now and then.
        let delay = Double.random(in: 0...0.004 * Double(1 + stops / 8), using: &random)
        let timer = Thread { [weak part] in
          Thread.sleep(forTimeInterval: delay)
          part?.stop()
        }
        timer.start()
        try part.run()
        // The lock goes with the run: the thread may hold it no longer.
        while !timer.isFinished { usleep(100) }
        stops += 1
        done = part.status.outerIteration
      }
      let whole = try run("whole", outerIterations: done + 1)
      try whole.run()
      try run("parts", outerIterations: done + 1).run()
      let states = try ["whole", "parts"].map {
        try #require(try StateStore(readingFrom: StateFolder(folder.appending(path: $0))).newest { Issue.record($0) })
      }
      #expect(states[0].learner == states[1].learner, "after \(stops) stops, \(done) outer-iterations")
    }
  }

  @Test("a run that was stopped in mid-iteration goes on under another estimator, without the samples of the old one")
  func otherEstimator() throws {
    try withTemporaryFolder { folder in
      var configuration = SmallRun.configuration(
        try SmallDataset.digits(in: folder).folder, state: folder.appending(path: "state"), outerIterations: 1)
      configuration.outer.estimator = .es
      try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent).run()
      var state = try #require(
        try StateStore(readingFrom: StateFolder(configuration.stateFolder)).newest { Issue.record($0) })
      let weights = state.learner.theta.count
      state.learner.finished = [
        WorkerResult(
          worker: 0, outerIteration: 1,
          sample: OuterGradientSample(
            lossPlus: 1, lossMinus: 2, reparameterization: [],
            evolutionStrategies: [Float](repeating: 1, count: weights)),
          innerSteps: 10, diverged: false)
      ]
      try StateStore(creatingIn: StateFolder(configuration.stateFolder)).write { state }
      configuration.outer.estimator = .combined
      configuration.outerIterations = 2
      try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent).run()
      let resumed = try #require(
        try StateStore(readingFrom: StateFolder(configuration.stateFolder)).newest { Issue.record($0) })
      #expect(resumed.learner.outerIteration == 2 && resumed.learner.theta.allSatisfy(\.isFinite))
    }
  }
}
