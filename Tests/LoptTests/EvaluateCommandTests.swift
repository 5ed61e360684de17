import Engine
import Foundation
import Snapshots
import TestSupport
import Testing

/// `lopt evaluate` as a process, on the real images that the repository carries.
@Suite struct EvaluateCommandTests {
  /// A data set, a snapshot, and a cache folder for the tools.
  private struct Workplace {
    var folder: URL
    var dataset: String { folder.appending(path: "mnist14").path }
    var snapshot: String { folder.appending(path: "theta-000000000.safetensors").path }
    var environment: [String: String] { ["XDG_CACHE_HOME": folder.appending(path: "cache").path] }

    init(in folder: URL, size: Int = 14) throws {
      self.folder = folder
      let build = try run(
        "dataprep",
        [
          "build", "shards", "--source", "mnist", "--input", Repository.mnist.path, "--size", "\(size)", "--output",
          dataset,
        ])
      try #require(build.exitCode == 0, "\(build.errors)")
      let architecture = Architecture()
      let metadata = SnapshotMetadata(
        hiddenLayers: architecture.hiddenLayers, hiddenUnits: architecture.hiddenUnits,
        features: architecture.features.map(\.rawValue), betas: architecture.betas,
        timeScales: architecture.timeScales, lambda1: architecture.lambda1, lambda2: architecture.lambda2,
        outerIteration: 0, objective: "train", estimator: "combined", problem: "mlp2x32", batch: 16, steps: 50,
        dataset: "mnist14", datasetSHA256: "", seed: 1, toolVersion: "test")
      let theta = architecture.initialTheta(seed: 1)
      try Snapshot(theta: theta, metadata: metadata).encoded().write(to: URL(filePath: snapshot))
    }

    func run(_ tool: String, _ arguments: [String], path: String? = nil) throws -> ProcessResult {
      let variables = path.map { environment.merging(["PATH": $0]) { $1 } } ?? environment
      return try ToolProcess.run(tool, arguments, environment: variables)
    }

    func arguments(_ more: [String]) -> [String] {
      ["evaluate", "--snapshot", snapshot, "--dataset", dataset, "--problem", "mlp2x32"] + more
    }

    /// The lines of finished runs, with their file, where there is one.
    func finishedRuns() throws -> (file: URL, lines: [Substring])? {
      let logs = folder.appending(path: "cache/lopt/evaluations")
      let files = (try? FileManager.default.contentsOfDirectory(at: logs, includingPropertiesForKeys: nil)) ?? []
      return try files.first.map { ($0, try String(contentsOf: $0, encoding: .utf8).split(separator: "\n")) }
    }
  }

  /// The results without what the clock measured.
  private func results(_ json: String) throws -> [NSDictionary] {
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let results = try #require(object?["results"] as? [[String: Any]])
    return results.map { $0.filter { !$0.key.hasPrefix("seconds_") } as NSDictionary }
  }

  @Test(
    "stopped by kill -9 it goes on from the runs that it had finished, and prints what it would have printed",
    arguments: [["--steps", "300"], ["--steps", "150", "--search", "100", "--screen", "2"]])
  func resume(more: [String]) throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let arguments = place.arguments(["--tasks", "3", "--seed", "7", "--json"] + more)
      let whole = try results(place.run("lopt", arguments).output)
      #expect(try place.finishedRuns() == nil)

      let stopped = try ToolProcess("lopt", arguments, environment: place.environment)
      try stopped.wait { _ in try place.finishedRuns()?.lines.count ?? 0 >= 20 }
      stopped.send(SIGKILL)
      #expect(try stopped.wait().exitCode == -SIGKILL)
      let (file, lines) = try #require(try place.finishedRuns())
      #expect(try results(place.run("lopt", arguments).output) == whole)

      // A run that had finished is believed: its accuracy, written into the file, comes out.
      let marked = lines.dropLast().map {
        $0.replacing(/"validationAccuracy":[0-9.e-]+/, with: "\"validationAccuracy\":0.125")
      }
      try Data((marked.joined(separator: "\n") + "\n").utf8).write(to: file)
      let believed = try results(place.run("lopt", arguments).output)
      #expect(believed[0]["validation_accuracy"] as? Double == 0.125)
      #expect(Array(believed.dropFirst(3)) == Array(whole.dropFirst(3)))
    }
  }

  @Test("a seed's tasks are those that dataprep lists for it")
  func sameTasks() throws {
    func tasks(_ value: Any?) throws -> [NSDictionary] {
      try #require(value as? [[String: Any]]).map { $0 as NSDictionary }
    }
    func parse(_ result: ProcessResult) throws -> Any {
      try #require(result.exitCode == 0, "\(result.errors)")
      return try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    }
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let trained = try parse(
        place.run("lopt", place.arguments(["--tasks", "3", "--steps", "2", "--seed", "5", "--json"])))
      let listed = try parse(
        place.run("dataprep", ["tasks", "sample", place.dataset, "--count", "3", "--seed", "5", "--json"]))
      #expect(try tasks((trained as? [String: Any])?["tasks"]) == tasks(listed))
    }
  }

  @Test("the table has a line for each optimizer and says what it is of")
  func table() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let result = try place.run("lopt", place.arguments(["--tasks", "1", "--steps", "5"]))
      #expect(result.exitCode == 0, "\(result.errors)")
      let lines = result.output.split(separator: "\n")
      #expect(lines[0].contains("mlp2x32") && lines[0].contains("5 steps") && lines[0].contains("batch 16"))
      #expect(
        lines.dropFirst(2).map { $0.prefix { $0 != " " } } == ["learned", "adam", "rmsprop", "momentum"])
    }
  }

  @Test("--curves and --plot leave a table and a picture of every optimizer")
  func curves() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let (table, picture) = (folder.appending(path: "curves.csv"), folder.appending(path: "curves.svg"))
      let result = try place.run(
        "lopt",
        place.arguments(["--tasks", "2", "--steps", "30", "--curves", table.path, "--plot", picture.path]))
      #expect(result.exitCode == 0, "\(result.errors)")
      let rows = try String(contentsOf: table, encoding: .utf8).split(separator: "\n").dropFirst(2)
      #expect(rows.count == 4 * 30)
      let drawing = try String(contentsOf: picture, encoding: .utf8)
      #expect(drawing.contains("<svg"))
      for optimizer in ["learned", "adam", "rmsprop", "momentum"] {
        #expect(rows.count { $0.hasPrefix("\(optimizer),") } == 30)
        #expect(drawing.contains(">\(optimizer)"))
      }
      #expect(try place.finishedRuns() == nil)
    }
  }

  @Test("without gnuplot, or where a file cannot be made, it ends before anything is trained")
  func impossibleFiles() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let few = ["--tasks", "1", "--steps", "5"]
      let picture = folder.appending(path: "curves.svg").path
      let undrawn = try place.run("lopt", place.arguments(few + ["--plot", picture]), path: folder.path)
      #expect(undrawn.exitCode == 69)
      #expect(undrawn.errors.contains("apt install gnuplot-nox"))
      for option in ["--curves", "--plot"] {
        let missing = try place.run("lopt", place.arguments(few + [option, folder.path + "/no/curves"]))
        #expect(missing.exitCode == 73)
        #expect(missing.errors.hasPrefix("lopt: \(folder.path)/no/curves: "))
      }
      #expect(try place.finishedRuns() == nil)
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "cache/lopt/evaluations").path))
      #expect(!FileManager.default.fileExists(atPath: picture))
    }
  }

  @Test("a search of few trials is refused, with the reason")
  func fewTrials() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let result = try place.run("lopt", place.arguments(["--tasks", "1", "--steps", "5", "--search", "99"]))
      #expect(result.exitCode == 64)
      #expect(result.errors.contains("at least 100") && result.errors.contains("0.6 %"))
    }
  }

  @Test("a search tells every hyperparameter, in the table and in JSON")
  func searched() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let arguments = place.arguments(["--tasks", "2", "--steps", "10", "--search", "100", "--screen", "1"])
      let table = try place.run("lopt", arguments)
      #expect(table.exitCode == 0, "\(table.errors)")
      let lines = table.output.split(separator: "\n")
      #expect(lines[0].contains("by a grid of rates and 100 random trials, screened on 1 × 1"))
      #expect(lines[3].contains("beta1") && lines[4].contains("decay") && lines[5].contains("momentum"))
      let told = try results(place.run("lopt", arguments + ["--json"]).output)
      let names = told.map { ($0["hyperparameters"] as? [String: Double])?.keys.sorted() }
      #expect(
        names == [
          nil, ["beta1", "beta2", "epsilon", "learning_rate"], ["decay", "epsilon", "learning_rate"],
          ["learning_rate", "momentum"],
        ])
    }
  }

  @Test("what cannot be evaluated is one line that names the file, and the code of sysexits")
  func refused() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder, size: 28)
      let few = ["--tasks", "1", "--steps", "5"]
      let shape = try place.run("lopt", place.arguments(few))
      #expect(shape.exitCode == 65)
      #expect(
        shape.errors == "lopt: \(place.dataset): mlp2x32 takes images of 14×14×1, these are 28×28×1\n")

      let usage = try place.run("lopt", place.arguments(["--tasks", "0", "--steps", "5"]))
      #expect(usage.exitCode == 64)

      var bytes = try Data(contentsOf: URL(filePath: place.snapshot))
      bytes.removeLast(10)
      try bytes.write(to: URL(filePath: place.snapshot))
      let damaged = try place.run("lopt", place.arguments(few))
      #expect(damaged.exitCode == 65)
      #expect(damaged.errors.hasPrefix("lopt: \(place.snapshot): "))

      try FileManager.default.removeItem(atPath: place.snapshot)
      let missing = try place.run("lopt", place.arguments(few))
      #expect(missing.exitCode == 66)
      #expect(missing.errors.hasPrefix("lopt: \(place.snapshot): "))
    }
  }
}
