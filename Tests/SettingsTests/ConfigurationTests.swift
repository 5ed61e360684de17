import Engine
import Files
import Foundation
import TestSupport
import Testing

@testable import Settings

@Suite struct ConfigurationTests {
  func load(
    _ json: String, environment: [String: String] = [:], flags: [(path: String, value: String)] = [],
    defaults: [(path: String, value: String)] = []
  ) throws -> Configuration {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "lopt.json")
      try Data(json.utf8).write(to: file)
      return try Configuration.load(file: file, environment: environment, flags: flags, defaults: defaults)
    }
  }

  static let least = #""datasets": ["/data/mnist14"], "state": "/state""#

  @Test("data sets and state are enough: the rest is the preset small")
  func defaults() throws {
    let configuration = try load("{\(Self.least)}")
    #expect(configuration.datasets == [.init(path: "/data/mnist14", weight: 1)])
    #expect(configuration.outer == .small && configuration.inner == .small && configuration.problem.isEmpty)
    #expect(configuration.http.host == "127.0.0.1" && configuration.http.port == 8417)
    #expect(configuration.snapshot.everySeconds == 60 && configuration.outerIterations == nil)
    #expect(try load(#"{\#(Self.least), "preset": "paper"}"#).outer == .paper)
  }

  @Test("a flag goes before a variable, a variable before the file, the file before the preset")
  func precedence() throws {
    let file = #"{\#(Self.least), "outer": {"learning_rate": 0.2}}"#
    let variable = ["LOPT_OUTER_LEARNING_RATE": "0.3"]
    #expect(try load("{\(Self.least)}").outer.learningRate == 0.003)
    #expect(try load(file).outer.learningRate == 0.2)
    #expect(try load(file, environment: variable).outer.learningRate == 0.3)
    #expect(
      try load(file, environment: variable, flags: [("outer.learning_rate", "0.4")]).outer.learningRate == 0.4)
  }

  @Test("a default goes before the preset, and nothing else")
  func defaultsOfTheCommandLine() throws {
    let defaults = [("outer.learning_rate", "0.1"), ("preset", "paper"), ("problem", "mlp2x32")]
    let configuration = try load("{\(Self.least)}", defaults: defaults)
    #expect(configuration.outer.learningRate == 0.1 && configuration.outer.pairs == 128)
    #expect(configuration.problem == [.init(name: "mlp2x32", weight: 1)])
    let file = #"{\#(Self.least), "preset": "small", "problem": "mlp3x128", "outer": {"learning_rate": 0.2}}"#
    let other = try load(file, defaults: defaults)
    #expect(other.outer.learningRate == 0.2 && other.outer.pairs == 32 && other.problem.map(\.name) == ["mlp3x128"])
    #expect(
      try load("{\(Self.least)}", environment: ["LOPT_OUTER_LEARNING_RATE": "0.3"], defaults: defaults)
        .outer.learningRate == 0.3)
    for (key, value, message) in [
      ("outer.sigma", "0", "outer.sigma must be in 1e-30 … 1e16"),
      ("outer.pairs", "x", "outer.pairs must be a whole number"),
      ("preset", "huge", "preset is huge, must be one of small, paper"),
    ] {
      let error = #expect(throws: ConfigurationError.self) { try load("{\(Self.least)}", defaults: [(key, value)]) }
      #expect(error?.description == "command line: --default: \(message)")
    }
  }

  @Test("relative paths of the file are relative to its folder; short forms stand for the long ones")
  func paths() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "lopt.json")
      try Data(
        #"{"datasets": ["a", {"path": "/b", "weight": 2}], "state": "s", "problem": [{"name": "mlp2x32", "dataset": "a"}]}"#
          .utf8
      ).write(to: file)
      let configuration = try Configuration.load(file: file, environment: [:])
      let a = folder.appending(path: "a").standardizedFileURL.path
      #expect(configuration.datasets == [.init(path: a, weight: 1), .init(path: "/b", weight: 2)])
      #expect(configuration.problem == [.init(name: "mlp2x32", weight: 1, dataset: a)])
      #expect(configuration.state == folder.appending(path: "s").standardizedFileURL.path)
    }
  }

  @Test(
    "a wrong value is an error with exit code 78 that names the key",
    arguments: [
      (#""outer": {"sigmma": 1}"#, "unknown key outer.sigmma; did you mean outer.sigma?"),
      (#""treads": 2"#, "unknown key treads; did you mean threads?"),
      (#""outer": {"sigma": 0}"#, "outer.sigma must be in 1e-30 … 1e16"),
      (#""outer": {"estimator": "combined", "pairs": 1}"#, "outer.pairs must be at least 2 for the estimator combined"),
      (#""outer": {"pairs": "many"}"#, "outer.pairs must be a whole number"),
      (#""outer": {"objective": "validation"}"#, "outer.loss must be fresh-batches"),
      (#""inner": {"life": {"from": 10, "to": 5}}"#, "inner.life.to must be at least inner.life.from"),
      (#""evaluation": {"every": -1}"#, "evaluation.every must be 0 (never) to 1000000000"),
      (#""evaluation": {"tasks": 0}"#, "evaluation.tasks must be in 1 … 10000"),
      (#""evaluation": {"initialisations": 0}"#, "evaluation.initialisations must be in 1 … 10000"),
      (#""evaluation": {"steps": -1}"#, "evaluation.steps must be 0 (inner.life.to) to 10000000"),
      (
        #""inner": {"optimizer": {"features": ["momentum"], "raw_momentum": true}}"#,
        "inner.optimizer.raw_momentum must be false unless inner.optimizer.features has both momentum and rms"
      ),
      (
        #""inner": {"optimizer": {"time_frozen_at": 0}}"#, "inner.optimizer.time_frozen_at must be in 1 … 1000000000"
      ),
      (#""inner": {"loss_clip": 0}"#, "inner.loss_clip must be in 1e-30 … 1e16"),
      (#""outer": {"initial_cut": 0}"#, "outer.initial_cut must be in 0.1 … 10"),
      (#""inner": {"optimizer": {"scale_by_rms": 1}}"#, "inner.optimizer.scale_by_rms must be true or false"),
      (#""http": {"port": 70000}"#, "http.port must be in 0 … 65535"), (#""http": 3"#, "http must be an object"),
      (#""problem": "mlp9""#, "problem[0].name is mlp9"), (#""preset": "huge""#, "preset is huge"),
      (#""problem": [{"name": "mlp2x32", "dataset": "/other"}]"#, "problem[0].dataset is /other"),
    ])
  func wrong(json: String, message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try load("{\(Self.least), \(json)}") }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    #expect(error?.exitCode.rawValue == 78)
  }

  @Test(
    "a list that no reader would take is refused",
    arguments: [
      ("inner.optimizer.features", #"["rms", "rms"]"#),
      ("inner.optimizer.time_scales", "[" + Array(repeating: "1", count: 65).joined(separator: ",") + "]"),
    ])
  func beyondUse(key: String, value: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try load("{\(Self.least)}", flags: [(key, value)]) }
    #expect(error?.description.hasPrefix("command line: \(key) must ") == true, "\(error?.description ?? "")")
  }

  @Test(
    "an error names the source that set the key",
    arguments: [
      (["LOPT_PRESET": "huge"], [], "environment: LOPT_PRESET: preset is huge, must be one of small, paper"),
      ([:], [("preset", "huge")], "command line: preset is huge, must be one of small, paper"),
      (["LOPT_HTTP_PORT": "70000"], [], "environment: LOPT_HTTP_PORT: http.port must be in"),
      ([:], [("http.port", "70000")], "command line: http.port must be in"),
      ([:], [("threads", "2.5")], "command line: threads is 2.5: too large or too small, or not a whole number"),
      ([:], [("seed", "-1")], "command line: seed is -1: too large"),
      ([:], [("outer.sigma", "1e300")], "command line: outer.sigma is 1e+300: too large"),
      ([:], [("outer.clip.by", "size")], "command line: outer.clip.by must be one of norm, value"),
      (
        [:], [("inner.optimizer.features", "[\"time\",\"tide\"]")],
        "command line: inner.optimizer.features[1] must be one of momentum, rms, time"
      ),
      ([:], [("seed", "null")], "command line: seed must be a whole number"),
      ([:], [("outer.objective", "null")], "command line: outer.objective must be a string"),
      ([:], [("inner.optimizer.betas", "[0.9,\"x\"]")], "command line: inner.optimizer.betas[1] must be a number"),
      ([:], [("datasets", "[{\"path\":\"a\",\"weight\":\"x\"}]")], "command line: datasets[0].weight must be a number"),
      ([:], [("datasets", "[{\"path\":\"a\",\"wait\":1}]")], "command line: unknown key datasets[0].wait"),
      ([:], [("http.tls.key", "k")], "command line: http.tls needs both certificate and key, or neither"),
    ] as [([String: String], [(path: String, value: String)], String)])
  func source(environment: [String: String], flags: [(path: String, value: String)], message: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try load("{\(Self.least)}", environment: environment, flags: flags)
    }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }

  @Test("a flag's relative path is relative to the working folder, and every seed of 64 bits can be given")
  func flags() throws {
    let configuration = try load(
      "{\(Self.least)}",
      flags: [("datasets", "[\"a\",\"b\"]"), ("state", "s"), ("seed", "18446744073709551615")])
    let folder = FileManager.default.currentDirectoryPath
    #expect(configuration.datasets.map(\.path) == ["\(folder)/a", "\(folder)/b"])
    #expect(configuration.stateFolder.path == "\(folder)/s")
    #expect(configuration.seed == .max)
  }

  @Test("evaluation is off in both presets", arguments: Configuration.Preset.allCases)
  func evaluation(preset: Configuration.Preset) throws {
    let configuration = try load(#"{\#(Self.least), "preset": "\#(preset.rawValue)"}"#)
    #expect(configuration.evaluation == .init(every: 0, tasks: 8, initialisations: 1, steps: 0))
    #expect(try load("{\(Self.least)}", environment: ["LOPT_EVALUATION_EVERY": "50"]).evaluation.every == 50)
  }

  @Test("a configuration that a state recorded is read back, to the last bit; a younger setting has the preset's value")
  func stored() throws {
    var configuration = try load(#"{\#(Self.least), "preset": "paper", "seed": 18446744073709551615}"#)
    configuration.outer.sigma = 0.1 + 0.2
    configuration.given = []
    let json = try JSONEncoder().encode(configuration)
    #expect(try Configuration(stored: json) == configuration)
    var object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    object["evaluation"] = nil
    var outer = try #require(object["outer"] as? [String: Any])
    outer["freshBatches"] = nil
    object["outer"] = outer
    #expect(try Configuration(stored: JSONSerialization.data(withJSONObject: object)) == configuration)
    object["preset"] = "huge"
    #expect(try Configuration(stored: JSONSerialization.data(withJSONObject: object)) == nil)
  }

  @Test("the preset paper clips the inner loss and cuts initial weights, unless a file or an option says null")
  func off() throws {
    let paper = try load(#"{\#(Self.least), "preset": "paper"}"#)
    #expect(paper.inner.lossClip == 10 && paper.outer.initialCut == 2)
    let off = try load(
      #"{\#(Self.least), "preset": "paper", "inner": {"loss_clip": null}}"#, flags: [("outer.initial_cut", "null")])
    #expect(off.inner.lossClip == nil && off.outer.initialCut == nil)
    let small = try load("{\(Self.least)}")
    #expect(small.inner.lossClip == nil && small.outer.initialCut == nil)
  }

  @Test("a missing file, no JSON, missing keys and an unknown variable are errors too")
  func otherErrors() throws {
    #expect(throws: ConfigurationError.self) { try Configuration.load(file: URL(filePath: "/no/lopt.json")) }
    #expect(throws: ConfigurationError.self) { try load("{") }
    #expect(throws: ConfigurationError.self) { try load("[]") }
    #expect(throws: ConfigurationError.self) { try load(#"{"state": "/s"}"#) }
    #expect(throws: ConfigurationError.self) { try load("{\(Self.least)}", environment: ["LOPT_SEEED": "1"]) }
  }
}
