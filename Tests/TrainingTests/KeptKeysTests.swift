import Files
import Foundation
import Shards
import Snapshots
import TestSupport
import Testing

@testable import Engine
@testable import Settings
@testable import Training

/// Keys that came after a run may have begun, and are on in the preset `paper`: new runs have them, and a run that goes on
/// keeps what it did unless the configuration says otherwise.
@Suite struct KeptKeysTests {
  private static let keys = ["outer.weight_by_length", "outer.count_divergence_to_end", "inner.loss_clip"]

  /// A small run of the preset `paper`, whose configuration gives all keys but the new ones.
  private func configuration(_ dataset: URL, in folder: URL, outerIterations: Int) -> Configuration {
    var configuration = SmallRun.configuration(
      dataset, state: folder.appending(path: "state"), outerIterations: outerIterations)
    configuration.preset = .paper
    configuration.given = Set(ConfigurationKey.all.map(\.path)).subtracting(Self.keys)
    switchNewKeys(of: &configuration, on: true)
    return configuration
  }

  private func switchNewKeys(of configuration: inout Configuration, on isOn: Bool) {
    configuration.outer.weightByLength = isOn
    configuration.outer.countDivergenceToEnd = isOn
    configuration.inner.lossClip = isOn ? 2.3 : nil
  }

  private func train(_ configuration: Configuration) throws -> (log: RecordingLog, state: TrainingState) {
    let log = RecordingLog()
    try TrainingRun(configuration: configuration, kernels: .forTests, console: log.logger).run()
    let state = try StateStore(readingFrom: StateFolder(configuration.stateFolder)).newest { _ in }
    return (log, try #require(state))
  }

  /// Makes the newest state one from before the keys.
  private func makeEarlier(_ configuration: Configuration) throws {
    let files = RecordedFiles(reading: StateFolder(configuration.stateFolder).states, prefix: "training")
    let step = try #require(files.steps().first)
    var file = try #require(
      try files.newest(refused: { _ in }) { record, data in try Safetensors(data, name: record.name) })
    file.metadata["configuration"] = try #require(file.metadata["configuration"])
      .replacing(/"(weightByLength|countDivergenceToEnd)":false,?/, with: "").replacing(",}", with: "}")
    try RecordedFiles(creating: StateFolder(configuration.stateFolder).states, prefix: "training")
      .write(file.encoded(), step: step + 1, created: Date())
  }

  @Test("a worker of a state that does not say its σ has that of the state's settings, once its task has begun")
  func unnamedSigma() throws {
    var learner = LearnerState(theta: [1], workers: 2)
    (learner.workers[1].step, learner.workers[1].life) = (3, 5)
    var configuration = SmallRun.configuration(URL(filePath: "/d"), state: URL(filePath: "/s"))
    configuration.outer.sigma = 0.7
    let data = try TrainingState(learner: learner, configuration: configuration, tasks: []).encoded()
    #expect(try TrainingState(data, name: "state").learner.workers.map(\.sigma) == [nil, 0.7])
    for wrong in [#""sigma":0"#, #""sigma":-1"#, #""sigma":"a""#, #""diverged":"both""#] {
      var file = try Safetensors(data, name: "state")
      file.metadata["workers"] = try #require(file.metadata["workers"])
        .replacing("\"draws\"", with: "\(wrong),\"draws\"")
      let error = #expect(throws: SnapshotError.self) { try TrainingState(file.encoded(), name: "state") }
      #expect(error?.description == "state: not a run's state: its workers is missing or damaged")
    }
  }

  @Test("the presets: off in small, on in paper, and off in a configuration that a state remembers without them")
  func presets() throws {
    for (preset, isOn) in [(Configuration.Preset.small, false), (.paper, true)] {
      let configuration = Configuration(preset: preset)
      #expect(configuration.outer.weightByLength == isOn && configuration.outer.countDivergenceToEnd == isOn)
      #expect(configuration.inner.lossClip == (isOn ? 10 : nil) && configuration.outer.initialCut == (isOn ? 2 : nil))
      let stored = try JSONEncoder().encode(configuration)
      #expect(Configuration(stored: stored)?.outer == configuration.outer)
      #expect(Configuration(stored: stored)?.inner == configuration.inner)
      var object = try #require(try JSONSerialization.jsonObject(with: stored) as? [String: Any])
      var outer = try #require(object["outer"] as? [String: Any])
      for key in ["weightByLength", "countDivergenceToEnd", "initialCut"] { outer[key] = nil }
      object["outer"] = outer
      var inner = try #require(object["inner"] as? [String: Any])
      inner["lossClip"] = nil
      object["inner"] = inner
      let earlier = try #require(try Configuration(stored: JSONSerialization.data(withJSONObject: object)))
      #expect(!earlier.outer.weightByLength && !earlier.outer.countDivergenceToEnd)
      #expect(earlier.inner.lossClip == nil && earlier.outer.initialCut == nil)
    }
    #expect(ConfigurationKey.all.filter(\.isKept).map(\.path).sorted() == (Self.keys + ["outer.initial_cut"]).sorted())
  }

  @Test(
    "a new run has them and its state says so; an earlier state goes on without, start after start, and the log says so"
  )
  func earlier() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder).folder
      let new = folder.appending(path: "new")
      #expect(try train(configuration(dataset, in: new, outerIterations: 1)).state.configuration.outer.weightByLength)

      var before = configuration(dataset, in: folder, outerIterations: 2)
      before.given.formUnion(Self.keys)
      switchNewKeys(of: &before, on: false)
      _ = try train(before)
      try makeEarlier(before)
      let now = configuration(dataset, in: folder, outerIterations: 4)
      try TrainingRun.check(now, kernels: .forTests)
      let (log, state) = try train(now)
      #expect(!state.configuration.outer.weightByLength && !state.configuration.outer.countDivergenceToEnd)
      #expect(state.configuration.inner.lossClip == nil)
      for (key, value) in zip(Self.keys, ["false", "false", "null"]) {
        #expect(
          log.lines.contains("as in the state, as the configuration does not give it: \(key) is \(value)"),
          "\(log.lines)")
      }
      #expect(!log.lines.contains { $0.hasPrefix("takes effect") || $0.hasPrefix("workers begin anew") })
      let again = try train(configuration(dataset, in: folder, outerIterations: 5))
      #expect(!again.state.configuration.outer.weightByLength)

      // The same θ as that of a run that never heard of the keys.
      before.state = folder.appending(path: "whole").path
      before.outerIterations = 5
      #expect(try train(before).state.learner.theta == again.state.learner.theta)

      // Where the configuration gives them, they take effect.
      var given = configuration(dataset, in: folder, outerIterations: 6)
      given.given.formUnion(Self.keys)
      let last = try train(given)
      #expect(last.state.configuration.outer.weightByLength)
      for key in Self.keys.prefix(2) { #expect(last.log.lines.contains("takes effect: \(key): false → true")) }
      #expect(last.log.lines.contains("takes effect: inner.loss_clip: null → 2.3"), "\(last.log.lines)")
      #expect(last.state.learner.theta != again.state.learner.theta)
      #expect(!last.log.lines.contains { $0.hasPrefix("as in the state") })
    }
  }

  @Test("a configuration that is read again says nothing of keys that it does not give")
  func reload() throws {
    try withTemporaryFolder { folder in
      var configuration = configuration(try SmallDataset.digits(in: folder).folder, in: folder, outerIterations: 2)
      switchNewKeys(of: &configuration, on: false)
      _ = try train(configuration)
      let log = RecordingLog()
      switchNewKeys(of: &configuration, on: true)
      let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: log.logger)
      try run.reload(configuration)
      #expect(log.lines.last == "reloaded: nothing has changed")
      configuration.given.insert(Self.keys[0])
      try run.reload(configuration)
      #expect(
        log.lines.last == "not reloaded, it takes effect with the next start: \(Self.keys[0]): false → true")
    }
  }

  @Test("what file, variables and options give is known as given; what the preset or a state has is not")
  func given() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "lopt.json")
      try Data(#"{"datasets": ["a"], "state": "s", "outer": {"weight_by_length": true}}"#.utf8).write(to: file)
      let configuration = try Configuration.load(
        file: file, environment: ["LOPT_OUTER_SIGMA": "0.5"], flags: [("threads", "1")],
        defaults: [("inner.batch", "4")])
      #expect(
        configuration.given
          == ["datasets", "state", "outer.weight_by_length", "outer.sigma", "threads", "inner.batch"])
      #expect(Configuration(stored: try JSONEncoder().encode(configuration))?.given == [])
    }
  }
}
