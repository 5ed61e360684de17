import Files
import Foundation
import Shards
import Snapshots
import TestSupport
import Testing

@testable import Engine
@testable import Settings
@testable import Tasks
@testable import Training

/// What options leave in states and snapshots, and how a run goes on with them.
@Suite struct RunOptionsTests {
  @Test("a state with an option that a program of format version 2 would pass over is of version 3, any other of 2")
  func optionsOfState() throws {
    let plain = SmallRun.configuration(URL(filePath: "/d"), state: URL(filePath: "/s"))
    for (version, edit) in [
      ("2", { (_: inout Configuration) in }), ("3", { $0.inner.optimizer.timeFrozenAt = 20 }),
      ("3", { $0.inner.optimizer.scaleByRms = true }), ("3", { $0.inner.optimizer.rawMomentum = true }),
      ("3", { $0.inner.life.ages = .even }), ("3", { $0.outer.weightByLength = true }),
      ("3", { $0.outer.countDivergenceToEnd = true }), ("3", { $0.outer.reference = .initial }),
      ("3", { $0.problem = [Configuration.Problem(name: "mlp2x32", referenceLoss: 2)] }),
      ("3", { $0.problem = [Configuration.Problem(name: "mlp2x32", batch: 8)] }),
      ("3", { $0.problem = [Configuration.Problem(name: "mlp2x32", life: .init(to: 90))] }),
      ("2", { $0.problem = [Configuration.Problem(name: "mlp2x32")] }), ("3", { $0.inner.lossClip = 10 }),
      ("2", { $0.outer.initialCut = 2 }),
    ] {
      var configuration = plain
      edit(&configuration)
      let state = TrainingState(
        learner: LearnerState(theta: [1], workers: 1), configuration: configuration, tasks: [])
      let data = try state.encoded()
      #expect(try Safetensors(data, name: "state").metadata["format_version"] == version)
      #expect(try TrainingState(data, name: "state").configuration == configuration)
      guard configuration.inner.optimizer.hasOptions else { continue }
      #expect(throws: ConfigurationError.self, "it is another architecture") {
        try ConfigurationChange(from: plain, tasks: [], to: configuration, tasks: [])
      }
    }
  }

  @Test("a run with every option of the update leaves snapshots that say so, and start_from takes them for it alone")
  func optionsOfRun() throws {
    try withTemporaryFolder { folder in
      var configuration = SmallRun.configuration(
        try SmallDataset.digits(in: folder).folder, state: folder.appending(path: "state"), outerIterations: 1)
      configuration.inner.optimizer.timeFrozenAt = 8
      configuration.inner.optimizer.scaleByRms = true
      configuration.inner.optimizer.rawMomentum = true
      try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent).run()
      let file = folder.appending(path: "state/snapshots/theta-000000001.safetensors").path
      #expect(try RunnableSnapshot(at: file).architecture == configuration.inner.optimizer)
      configuration.state = folder.appending(path: "second").path
      configuration.startFrom = file
      try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent).run()
      configuration.state = folder.appending(path: "third").path
      configuration.inner.optimizer.scaleByRms = false
      let error = #expect(throws: ConfigurationError.self) {
        try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent)
      }
      #expect(
        error?.description.contains("has another architecture: inner.optimizer.scale_by_rms: true → false; ") == true)
    }
  }
}
