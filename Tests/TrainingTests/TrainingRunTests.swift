import Files
import Foundation
import Shards
import Snapshots
import TestSupport
import Testing

@testable import Engine
@testable import Settings
@testable import Tasks
@testable import Threads
@testable import Training

@Suite struct TrainingRunTests {
  /// A data set of the sample's first images, in a folder.
  static func dataset(in folder: URL) throws -> URL {
    let output = folder.appending(path: "mnist14")
    let result = try ToolProcess.run(
      "dataprep",
      [
        "build", "shards", "--source", "mnist", "--input", Repository.mnist.path, "--size", "14", "--output",
        output.path,
      ])
    #expect(result.exitCode == 0, "\(result.errors)")
    return output
  }

  static let tasks = DatasetTaskDistribution.Description(problem: "mlp2x32", datasetSHA256: "ab", weight: 1)

  @Test("a run ends with a snapshot; step 0 is θ before training; a restart goes on, bit for bit")
  func resumes() throws {
    try withTemporaryFolder { folder in
      let dataset = try Self.dataset(in: folder)
      let whole = folder.appending(path: "whole")
      try TrainingRun(
        configuration: SmallRun.configuration(dataset, state: whole, outerIterations: 6), kernels: .forTests,
        console: .silent
      )
      .run()
      let parts = folder.appending(path: "parts")
      for last in [2, 3, 6] {
        var configuration = SmallRun.configuration(dataset, state: parts, outerIterations: last)
        configuration.threads = last == 3 ? 1 : 2
        try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent).run()
      }
      #expect(try SmallRun.theta(whole, 6) == SmallRun.theta(parts, 6))
      #expect(try SmallRun.theta(whole, 0) == Architecture().initialTheta(seed: 3))
      #expect(try SnapshotStore(readingFrom: parts).latest()?.step == 6)
    }
  }

  @Test(
    "a snapshot names its data set by the folder's name, which says nothing of where that lies, and what computed it, as the log does"
  )
  func namesItsOrigin() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let state = folder.appending(path: "state")
      let log = RecordingLog()
      try TrainingRun(
        configuration: SmallRun.configuration(data.folder, state: state, outerIterations: 1), kernels: .forTests,
        console: log.logger
      ).run()
      let metadata = try Snapshot(contentsOf: state.appending(path: "snapshots/theta-000000001.safetensors")).metadata
      #expect(metadata.dataset == data.folder.lastPathComponent && metadata.datasetSHA256 == data.manifestDigest)
      #expect(metadata.outerIteration == 1)
      #expect(metadata.instructionSet == Kernels.forTests.title)
      #expect(log.lines.contains { $0.hasSuffix(" threads, \(Kernels.forTests.title)") }, "\(log.lines)")
    }
  }

  @Test("a state is read back as it was written, workers and finished truncations included")
  func stateRoundTrip() throws {
    var learner = LearnerState(theta: [1, 2], workers: 2)
    learner.adam = OuterAdam(first: [3, 4], second: [5, 6], steps: 7)
    learner.outerIteration = 8
    learner.workers[1].draws = 2
    learner.workers[1].inner = [1, 2, 3]
    learner.workers[1].other = [4, 5, 6]
    learner.workers[1].perturbation = [7, 8]
    learner.workers[1].sigma = 0.3
    learner.workers[1].diverged = .minus
    learner.average = [9, 10]
    learner.finished = [(1, 8), (0, 7), (1, 8)].map { worker, outerIteration in
      WorkerResult(
        worker: worker, outerIteration: outerIteration,
        sample: OuterGradientSample(
          lossPlus: 0.1, lossMinus: 1.0 / 3, reparameterization: [1, .infinity], evolutionStrategies: [2, 3]),
        innerSteps: 9, diverged: true, problem: worker)
    }
    let configuration = SmallRun.configuration(URL(filePath: "/d"), state: URL(filePath: "/s"))
    let data = try TrainingState(learner: learner, configuration: configuration, tasks: [Self.tasks]).encoded()
    let read = try TrainingState(data, name: "state")
    #expect(read.learner == learner && read.configuration == configuration && read.tasks == [Self.tasks])
  }

  @Test("finished truncations of a state that does not name their problems are of those that their workers are at")
  func unnamedProblems() throws {
    var learner = LearnerState(theta: [1], workers: 2)
    learner.workers[1].problem = 3
    let sample = OuterGradientSample(lossPlus: 1, lossMinus: 1, reparameterization: [1], evolutionStrategies: [1])
    learner.finished = [0, 1].map {
      WorkerResult(worker: $0, outerIteration: 0, sample: sample, innerSteps: 1, diverged: false, problem: 3 * $0)
    }
    let configuration = SmallRun.configuration(URL(filePath: "/d"), state: URL(filePath: "/s"))
    let data = try TrainingState(learner: learner, configuration: configuration, tasks: [Self.tasks]).encoded()
    var file = try Safetensors(data, name: "state")
    file.metadata["finished"] = try #require(file.metadata["finished"]).replacing(/"problem":\d,?/, with: "")
    #expect(try TrainingState(file.encoded(), name: "state").learner == learner)
  }

  @Test("where a state is damaged the one before it is used; where both are, an error says what to do")
  func damagedState() throws {
    try withTemporaryFolder { folder in
      let dataset = try Self.dataset(in: folder)
      let state = folder.appending(path: "state")
      let configuration = SmallRun.configuration(dataset, state: state, outerIterations: 2)
      try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent).run()
      let training = state.appending(path: "training")
      let files = try FileManager.default.contentsOfDirectory(atPath: training.path)
        .filter { $0.hasSuffix(".safetensors") }.sorted()
      #expect(files.count == 2)
      try Data("damaged".utf8).write(to: training.appending(path: files[1]))
      let log = RecordingLog()
      let resumed = try TrainingRun(configuration: configuration, kernels: .forTests, console: log.logger)
      #expect(resumed.status.outerIteration <= 2)
      #expect(log.lines.contains { $0.hasPrefix("refused: ") && $0.contains(files[1]) }, "\(log.lines)")
    }
    try withTemporaryFolder { folder in
      let store = try StateStore(creatingIn: StateFolder(folder))
      let state = TrainingState(
        learner: LearnerState(theta: [1], workers: 1),
        configuration: SmallRun.configuration(URL(filePath: "/d"), state: folder), tasks: [])
      try store.write { state }
      let file = folder.appending(path: "training/training-000000001.safetensors")
      try Data("damaged".utf8).write(to: file)
      var refused = 0
      let error = #expect(throws: TrainingError.self) { try store.restore { _ in refused += 1 } }
      #expect(refused == 1 && error?.description.contains("start_from") == true)
    }
  }

  @Test("another seed or architecture is refused; rates take effect; another life starts fresh workers")
  func changes() throws {
    let old = SmallRun.configuration(URL(filePath: "/d"), state: URL(filePath: "/s"))
    func change(_ edit: (inout Configuration) -> Void) throws -> ConfigurationChange {
      var new = old
      edit(&new)
      return try ConfigurationChange(from: old, tasks: [Self.tasks], to: new, tasks: [Self.tasks])
    }
    let same = try change { _ in }
    #expect(same.effective.isEmpty && same.freshWorkers.isEmpty)
    #expect(try change { $0.outer.learningRate = 0.5 }.effective.map(\.key) == ["outer.learning_rate"])
    let named = try change { $0.problem = [.init(name: "mlp2x32", weight: 2, dataset: "/d")] }
    #expect(named.effective.isEmpty && named.freshWorkers.isEmpty, "the problem that was the default, by its name")
    var other = Self.tasks
    other.problem = "mlp3x128"
    let fresh = try ConfigurationChange(from: old, tasks: [Self.tasks], to: old, tasks: [other]).freshWorkers
    #expect(fresh.map(\.description) == ["tasks: mlp2x32 on ab × 1.0 → mlp3x128 on ab × 1.0"])
    #expect(try change { $0.inner.life.to = 99 }.freshWorkers.map(\.key) == ["inner.life.to"])
    for edit in [{ (c: inout Configuration) in c.seed = 9 }, { $0.inner.optimizer.hiddenUnits = 16 }] {
      let error = #expect(throws: ConfigurationError.self) { try change(edit) }
      #expect(error?.description.contains("start_from") == true && error?.description.contains("→") == true)
    }
  }

  @Test("a state of a newer format is refused by its name and both versions, and the one before it is not used")
  func newerFormat() throws {
    try withTemporaryFolder { folder in
      let state = TrainingState(
        learner: LearnerState(theta: [1], workers: 1),
        configuration: SmallRun.configuration(URL(filePath: "/d"), state: folder), tasks: [])
      try StateStore(creatingIn: StateFolder(folder)).write { state }
      var newer = try Safetensors(state.encoded(), name: "state")
      newer.metadata["format_version"] = "\(TrainingState.formatVersion + 1)"
      try RecordedFiles(creating: folder.appending(path: "training"), prefix: "training")
        .write(newer.encoded(), step: 2, created: Date())
      let error = #expect(throws: TrainingError.self) {
        try StateStore(creatingIn: StateFolder(folder)).restore { Issue.record($0) }
      }
      #expect(error?.exitCode == .data)
      let version = TrainingState.formatVersion
      #expect(
        error?.description.hasSuffix(
          "training-000000002.safetensors: has format version \(version + 1); this tool reads up to \(version)") == true
      )
    }
  }

  @Test(
    "data that tasks cannot be made of is refused with its key and path, by the check and before a state is written")
  func unfitData() throws {
    func message(_ folder: URL, _ dataset: URL, _ objective: Objective) throws -> String {
      var configuration = SmallRun.configuration(dataset, state: folder.appending(path: "state"))
      configuration.outer.objective = objective
      configuration.outer.loss = .freshBatches
      let checked = #expect(throws: ConfigurationError.self) {
        try TrainingRun.check(configuration, kernels: .forTests)
      }
      let started = #expect(throws: ConfigurationError.self) {
        try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent)
      }
      #expect(checked == started)
      #expect(!FileManager.default.fileExists(atPath: configuration.state + "/training"))
      return checked?.description ?? ""
    }
    try withTemporaryFolder { folder in
      let few = try SmallDataset.digits(in: folder, classes: 5).folder
      #expect(
        try message(folder, few, .train) == "datasets[0]: \(few.path) has 5 classes to train on, and a task has 10")
    }
    try withTemporaryFolder { folder in
      let unvalidated = try SmallDataset.digits(in: folder, validation: 0).folder
      let message = try message(folder, unvalidated, .validation)
      #expect(
        message.hasPrefix(
          "outer.objective is validation, but 10 of the 10 training classes of datasets[0]: \(unvalidated.path) have no "
            + "validation images"), "\(message)")
      try TrainingRun.check(
        SmallRun.configuration(unvalidated, state: folder.appending(path: "other")), kernels: .forTests)
    }
  }

  @Test(
    "the check refuses what the state there cannot go on with, as the run does, and no start_from that it would ignore")
  func checkOfState() throws {
    try withTemporaryFolder { folder in
      var configuration = SmallRun.configuration(
        try SmallDataset.digits(in: folder).folder, state: folder.appending(path: "state"), outerIterations: 1)
      try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent).run()
      configuration.startFrom = "/no/such/snapshot.safetensors"
      try TrainingRun.check(configuration, kernels: .forTests)
      for edit in [{ (c: inout Configuration) in c.seed = 9 }, { $0.inner.optimizer.hiddenUnits = 16 }] {
        var changed = configuration
        edit(&changed)
        let checked = #expect(throws: ConfigurationError.self) { try TrainingRun.check(changed, kernels: .forTests) }
        let started = #expect(throws: ConfigurationError.self) {
          try TrainingRun(configuration: changed, kernels: .forTests, console: .silent)
        }
        #expect(checked == started)
      }
    }
  }

  @Test("stopped while the shards are still read, a run ends at once, and nothing but the lock is there")
  func stoppedWhileOpening() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder).folder
      let configuration = SmallRun.configuration(dataset, state: folder.appending(path: "state"))
      let stop = StopFlag()
      stop.set()
      #expect(throws: CancellationError.self) {
        try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent, stop: stop)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: configuration.state) == ["lock"])
    }
  }

  @Test("images that no problem is made for are refused with problems that fit, which then are taken")
  func smallImages() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder, shape: .init(height: 8, width: 8, channels: 3))
      var configuration = SmallRun.configuration(dataset.folder, state: folder.appending(path: "state"))
      let error = #expect(throws: ConfigurationError.self) { try TrainingRun.check(configuration, kernels: .forTests) }
      #expect(
        error?.description.hasSuffix(
          "set problem to one that fits, such as conv3x8@8, conv3x32@8, conv6x32@8, mlp2x32-rgb@8") == true)
      configuration.problem = [.init(name: "conv3x32", weight: 1)]
      let other = #expect(throws: ConfigurationError.self) { try TrainingRun.check(configuration, kernels: .forTests) }
      #expect(other?.description.contains("problem[0]: conv3x32 takes images of 32×32×3") == true)
      #expect(other?.description.hasSuffix("such as conv3x8@8, conv3x32@8, conv6x32@8, mlp2x32-rgb@8") == true)
      configuration.problem = [.init(name: "conv3x8@8", weight: 1), .init(name: "mlp2x32-rgb@8", weight: 1)]
      try TrainingRun.check(configuration, kernels: .forTests)
    }
  }

  @Test("images that no problem fits are refused with the problems that there are")
  func shape() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder, shape: .init(height: 7, width: 28, channels: 1))
      let configuration = SmallRun.configuration(dataset.folder, state: folder.appending(path: "state"))
      let error = #expect(throws: ConfigurationError.self) { try TrainingRun.check(configuration, kernels: .forTests) }
      #expect(
        error?.description.contains("7×28×1") == true && error?.description.contains("mlp2x32 (14×14×1)") == true)
    }
  }
}
