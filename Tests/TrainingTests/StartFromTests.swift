import Files
import Foundation
import Shards
import Snapshots
import TestSupport
import Testing

@testable import Engine
@testable import Settings
@testable import Training

/// A run that begins with what another one has learned.
@Suite struct StartFromTests {
  /// A finished run of three outer-iterations, and the configuration of a second one in another folder.
  private func withRun(_ body: (_ first: URL, Configuration, _ folder: URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder).folder
      let first = folder.appending(path: "first")
      try TrainingRun(
        configuration: SmallRun.configuration(dataset, state: first, outerIterations: 3),
        kernels: .forTests, console: .silent
      ).run()
      let second = SmallRun.configuration(dataset, state: folder.appending(path: "second"), outerIterations: 4)
      try body(first, second, folder)
    }
  }

  @Test("an exported state brings θ, Adam's moments and the outer-iteration; workers begin anew; no path is in it")
  func exported() throws {
    try withRun { first, second, folder in
      let file = folder.appending(path: "run.safetensors")
      #expect(try TrainingState.export(from: first, to: file) { _ in } == 3)
      let before = try #require(try StateStore(readingFrom: StateFolder(first)).newest { _ in }).learner
      let exported = try TrainingState(Data(contentsOf: file), name: "run").learner
      #expect(exported.theta == before.theta && exported.adam == before.adam && exported.workers.isEmpty)
      #expect(!String(decoding: try Data(contentsOf: file), as: UTF8.self).contains(folder.path))

      var configuration = second
      configuration.startFrom = file.path
      let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent)
      #expect(run.status.outerIteration == 3)
      let begun = try #require(try StateStore(readingFrom: StateFolder(configuration.stateFolder)).newest { _ in })
        .learner
      #expect(begun.theta == before.theta && begun.adam == before.adam)
      #expect(begun.workers == Array(repeating: Worker(), count: 4))
      try run.run()
      #expect(run.status.outerIteration == 4)
    }
  }

  @Test("an exported state holds nothing of the machine: no path, no key, no token, no address")
  func exportedElsewhere() throws {
    try withTemporaryFolder { folder in
      let state = folder.appending(path: "state")
      var configuration = SmallRun.configuration(
        try SmallDataset.digits(in: folder).folder, state: state, outerIterations: 1)
      let key = folder.appending(path: "key")
      _ = try SigningKey().write(to: key)
      configuration.problem = [.init(name: "mlp2x32", weight: 1, dataset: configuration.datasets[0].path)]
      configuration.snapshot.signingKeyFile = key.path
      configuration.http.host = "host.of.mine"
      configuration.http.socket = folder.appending(path: "socket").path
      configuration.http.tokenFile = folder.appending(path: "token").path
      configuration.http.tls.certificate = folder.appending(path: "certificate").path
      configuration.http.tls.key = folder.appending(path: "tls-key").path
      try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent).run()
      let file = folder.appending(path: "run.safetensors")
      _ = try TrainingState.export(from: state, to: file) { _ in }
      let exported = try TrainingState(Data(contentsOf: file), name: "run").configuration
      #expect(exported.http == Configuration.HTTP() && exported.snapshot.signingKeyFile == nil)
      let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
      #expect(!text.contains(folder.path) && !text.contains("host.of.mine"))
      // What the run did stays.
      #expect(exported.outer == configuration.outer && exported.inner == configuration.inner)
    }
  }

  @Test("a snapshot brings θ alone; once the state holds a run it is ignored, and the log says so")
  func snapshot() throws {
    try withRun { first, second, folder in
      var configuration = second
      configuration.startFrom = first.appending(path: "snapshots/theta-000000003.safetensors").path
      let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent)
      #expect(run.status.outerIteration == 0)
      let begun = try #require(try StateStore(readingFrom: StateFolder(configuration.stateFolder)).newest { _ in })
        .learner
      #expect(try begun.theta == SmallRun.theta(first, 3))
      #expect(begun.adam == OuterAdam(count: begun.theta.count))
      try run.run()
    }
    try withRun { first, second, folder in
      try TrainingRun(configuration: second, kernels: .forTests, console: .silent).run()
      var configuration = second
      configuration.startFrom = first.appending(path: "snapshots/theta-000000003.safetensors").path
      let log = RecordingLog()
      let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: log.logger)
      #expect(run.status.outerIteration == 4)
      #expect(log.lines.contains { $0.hasPrefix("start_from") && $0.hasSuffix("is not used: the state holds a run") })
    }
  }

  @Test("another architecture is refused with exit 78 and what differs, and leaves no state folder")
  func otherArchitecture() throws {
    try withRun { first, second, folder in
      var configuration = second
      configuration.startFrom = first.appending(path: "snapshots/theta-000000003.safetensors").path
      configuration.inner.optimizer.hiddenUnits = 16
      let error = #expect(throws: ConfigurationError.self) { try TrainingRun.check(configuration, kernels: .forTests) }
      #expect(error?.exitCode == .configuration)
      #expect(
        error?.description.contains("has another architecture: inner.optimizer.hidden_units: 32 → 16; ") == true,
        "\(error?.description ?? "")")
      #expect(throws: ConfigurationError.self) {
        try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent)
      }
      #expect(!FileManager.default.fileExists(atPath: configuration.state))
    }
  }

  @Test("a start_from that is not there is exit 78, and leaves no state folder")
  func missing() throws {
    try withTemporaryFolder { folder in
      var configuration = SmallRun.configuration(
        try SmallDataset.digits(in: folder).folder, state: folder.appending(path: "state"))
      configuration.startFrom = folder.appending(path: "none.safetensors").path
      let error = #expect(throws: ConfigurationError.self) {
        try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent)
      }
      #expect(error?.description.hasPrefix("start_from: \(configuration.startFrom ?? "") cannot be read") == true)
      #expect(!FileManager.default.fileExists(atPath: configuration.state))
    }
  }

  @Test(
    "a θ or Adam's moments of another length than the architecture's are an error, not a crash",
    arguments: [false, true])
  func wrongLength(isState: Bool) throws {
    try withTemporaryFolder { folder in
      var configuration = SmallRun.configuration(
        try SmallDataset.digits(in: folder).folder, state: folder.appending(path: "state"))
      let file = folder.appending(path: "start.safetensors")
      configuration.startFrom = file.path
      if isState {
        var learner = LearnerState(theta: configuration.inner.optimizer.initialTheta(seed: 1), workers: 0)
        learner.adam = OuterAdam(count: 10)
        try TrainingState(learner: learner, configuration: configuration, tasks: []).encoded().write(to: file)
      } else {
        let metadata = SnapshotMetadata(configuration, problems: ["mlp2x32"], digests: ["ab"], outerIteration: 1)
        try Snapshot(theta: [Float](repeating: 0, count: 10), metadata: metadata).encoded().write(to: file)
      }
      let error = #expect(throws: SnapshotError.self) { try TrainingRun.check(configuration, kernels: .forTests) }
      #expect(error?.code == .damaged && error?.description.contains("its architecture has 1090") == true)
    }
  }

  @Test(
    "a θ, an average or a moment that is not finite is nothing to begin with",
    arguments: ["snapshot", "theta", "average", "adam/second"], [Float.nan, -.infinity])
  func notFinite(kind: String, weight: Float) throws {
    try withTemporaryFolder { folder in
      var configuration = SmallRun.configuration(
        try SmallDataset.digits(in: folder).folder, state: folder.appending(path: "state"))
      let file = folder.appending(path: "start.safetensors")
      configuration.startFrom = file.path
      let theta = configuration.inner.optimizer.initialTheta(seed: 1)
      let broken = [weight] + theta.dropFirst()
      if kind == "snapshot" {
        let metadata = SnapshotMetadata(configuration, problems: ["mlp2x32"], digests: ["ab"], outerIteration: 1)
        try Snapshot(theta: broken, metadata: metadata).encoded().write(to: file)
      } else {
        var learner = LearnerState(theta: kind == "theta" ? broken : theta, workers: 0)
        if kind == "average" { learner.average = broken }
        if kind == "adam/second" { learner.adam.second[0] = weight }
        try TrainingState(learner: learner, configuration: configuration, tasks: []).encoded().write(to: file)
      }
      let error = #expect(throws: SnapshotError.self) { try TrainingRun.check(configuration, kernels: .forTests) }
      #expect(error?.code == .damaged && error?.description.hasPrefix("\(file.path): damaged: ") == true)
      #expect(error?.description.contains(kind == "snapshot" ? "1 of its 1090 weights" : "of its \(kind) are") == true)
      #expect(throws: SnapshotError.self) {
        try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent)
      }
      #expect(!FileManager.default.fileExists(atPath: configuration.state))
    }
  }

  @Test(
    "an exported state whose counters no run can have, or whose vectors are short, is refused by what is wrong",
    arguments: [
      ("outer_iteration", "-1"), ("outer_iteration", "9223372036854775807"), ("adam_steps", "-1"),
      ("adam_steps", "9223372036854775807"), ("average", ""), ("workers", "draws"), ("workers", "step"),
      ("finished", ""), ("workers", "twice"), ("configuration", "twice"),
    ])
  func impossible(key: String, value: String) throws {
    let twice = key == "workers" ? #""draws":1"# : #""seed":3"#
    try withTemporaryFolder { folder in
      var configuration = SmallRun.configuration(
        try SmallDataset.digits(in: folder).folder, state: folder.appending(path: "state"))
      var learner = LearnerState(theta: configuration.inner.optimizer.initialTheta(seed: 1), workers: 1)
      learner.workers[0].draws = value == "draws" ? .max : 1
      learner.workers[0].step = value == "step" ? 1 : 0
      if key == "average" { learner.average = [1, 2] }
      if key == "finished" {
        let sample = OuterGradientSample(lossPlus: 1, lossMinus: 1, reparameterization: [], evolutionStrategies: [1])
        learner.finished = [WorkerResult(worker: 0, outerIteration: 0, sample: sample, innerSteps: 1, diverged: false)]
      }
      var file = try Safetensors(
        TrainingState(learner: learner, configuration: configuration, tasks: []).encoded(), name: "state")
      if Int(value) != nil { file.metadata[key] = value }
      // A key twice, of whose values a reader would drop one.
      if value == "twice" { file.metadata[key] = file.metadata[key]?.replacing(twice, with: "\(twice),\(twice)") }
      let start = folder.appending(path: "start.safetensors")
      try file.encoded().write(to: start)
      configuration.startFrom = start.path
      let error = #expect(throws: SnapshotError.self) { try TrainingRun.check(configuration, kernels: .forTests) }
      #expect(error?.description == "\(start.path): not a run's state: its \(key) is missing or damaged")
    }
  }

  @Test("a folder that is no state folder cannot be exported, and an existing file is not touched")
  func exportErrors() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "run.safetensors")
      let missing = #expect(throws: TrainingError.self) { try TrainingState.export(from: folder, to: output) { _ in } }
      #expect(missing?.exitCode == .noInput && missing?.description.contains(folder.path) == true)
      try Data("mine".utf8).write(to: output)
      let exists = #expect(throws: TrainingError.self) { try TrainingState.export(from: folder, to: output) { _ in } }
      #expect(exists?.exitCode == .cannotCreate)
      #expect(try Data(contentsOf: output) == Data("mine".utf8))
    }
  }
}
