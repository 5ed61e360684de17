import Engine
import Files
import Foundation
import TestSupport
import Testing

/// `lopt evaluate` as a process, on the real images that the repository carries.
@Suite struct EvaluateCommandTests {
  /// The results without what the clock measured.
  private func results(_ json: String) throws -> [NSDictionary] {
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let results = try #require(object?["results"] as? [[String: Any]])
    return results.map { result in
      result.filter { key, _ in
        !key.hasPrefix("seconds_") && !["update_share", "share_of_best_baseline_seconds"].contains(key)
      } as NSDictionary
    }
  }

  @Test(
    "a killed lopt evaluate goes on from the runs that it had finished, and prints what it would have printed",
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

  @Test("without a home that can be written an evaluation goes on, and says once what is lost and what to set")
  func noHome() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let arguments = place.arguments(["--tasks", "1", "--seed", "7", "--steps", "3", "--json"])
      let expected = try results(place.run("lopt", arguments).output)
      for variables in [["XDG_CACHE_HOME": "/dev/null/cache"], ["XDG_CACHE_HOME": "", "HOME": "/dev/null"]] {
        let result = try ToolProcess.run("lopt", arguments, environment: variables)
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(try results(result.output) == expected)
        #expect(result.errors.matches(of: /lopt: finished runs are not kept/).count == 1, "\(result.errors)")
        #expect(result.errors.contains("set XDG_CACHE_HOME to a folder that can be written"), "\(result.errors)")
      }
    }
  }

  @Test(
    "a disk of the cache that is full, or fills up, does not end an evaluation",
    .enabled(if: SmallDisk.isPossible, Comment(rawValue: SmallDisk.reason)))
  func fullCache() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let arguments = place.arguments(["--tasks", "1", "--seed", "7", "--steps", "300", "--grid", "3", "--json"])
      let expected = try results(place.run("lopt", arguments).output)
      try SmallDisk.with(kibibytes: 16) { disk in
        let result = try ToolProcess.run("lopt", arguments, environment: ["XDG_CACHE_HOME": disk.path])
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(try results(result.output) == expected)
        #expect(result.errors.contains("No space left on device; make room, or set XDG_CACHE_HOME"), "\(result.errors)")
        let left = try FileManager.default.subpathsOfDirectory(atPath: disk.path).filter { $0.hasSuffix(".jsonl") }
        #expect(left.isEmpty, "finished runs are gone with the report")
      }
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

  @Test("the table has a line for each optimizer under a line about the plan")
  func table() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let result = try place.run("lopt", place.arguments(["--tasks", "1", "--steps", "5"]))
      #expect(result.exitCode == 0, "\(result.errors)")
      let lines = result.output.split(separator: "\n")
      #expect(lines[0].contains("mlp2x32") && lines[0].contains("5 steps") && lines[0].contains("batch 16"))
      #expect(
        lines.dropFirst(2).map { $0.prefix { $0 != " " } } == ["learned", "adam", "rmsprop", "momentum"])
      let columns = [
        "ratio to best baseline", "update's share", "steps to Adam's", "to best baseline's: steps", "time",
      ]
      for column in columns { #expect(lines[1].contains(column), "\(column)") }
    }
  }

  @Test("the JSON names the plan, θ and the data set, and has the results")
  func output() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let result = try place.run(
        "lopt", place.arguments(["--tasks", "2", "--steps", "20", "--screen", "1", "--grid", "7", "--json"]))
      #expect(result.exitCode == 0, "\(result.errors)")
      let report = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      #expect(
        report["plan"] as? NSDictionary == [
          "problem": "mlp2x32", "split": "train", "tasks": 2, "initialisations": 1, "steps": 20, "batch": 16, "seed": 0,
          "tune": "train", "screen": 1, "grid": 7,
        ])
      #expect(try report["snapshot_sha256"] as? String == sha256(URL(filePath: place.snapshot)))
      #expect(try report["dataset_sha256"] as? String == sha256(URL(filePath: place.dataset + "/manifest.json")))
      let results = try #require(report["results"] as? [[String: Any]])
      for result in results {
        let share = try #require(result["update_share"] as? Double)
        #expect(share > 0 && share < 1)
        let steps = result["steps_to_best_baseline_loss"] as? Double
        #expect(result["share_of_best_baseline_steps"] as? Double == steps.map { $0 / 20 })
      }
      #expect(results.contains { $0["share_of_best_baseline_seconds"] is Double })
    }
  }

  private func sha256(_ file: URL) throws -> String { Digest.sha256(try Data(contentsOf: file)) }

  @Test("a plan's file stands for options, the command line wins over it, and the report's plan is such a file")
  func planFile() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let file = folder.appending(path: "plan.json")
      func evaluate(_ more: String...) throws -> ProcessResult {
        try place.run(
          "lopt",
          ["evaluate", "--snapshot", place.snapshot, "--dataset", place.dataset, "--plan", file.path, "--json"] + more)
      }
      func plan(_ result: ProcessResult) throws -> NSDictionary? {
        #expect(result.exitCode == 0, "\(result.errors)")
        let report = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        return report?["plan"] as? NSDictionary
      }
      try Data(#"{"problem": "mlp2x32", "tasks": 1, "steps": 50, "batch": 8, "tune": "validation", "grid": 3}"#.utf8)
        .write(to: file)
      let first = try plan(evaluate("--steps", "5"))
      #expect(
        first == [
          "problem": "mlp2x32", "split": "train", "tasks": 1, "initialisations": 1, "steps": 5, "batch": 8, "seed": 0,
          "tune": "validation", "grid": 3,
        ])
      try JSONSerialization.data(withJSONObject: #require(first)).write(to: file)
      #expect(try plan(evaluate()) == first)

      try Data(#"{"problem": "mlp2x32", "tasks": 1}"#.utf8).write(to: file)
      let incomplete = try evaluate()
      #expect(incomplete.exitCode == 64 && incomplete.errors.contains("--steps is needed, or a --plan that has steps"))
      try Data(#"{"task": 1}"#.utf8).write(to: file)
      let unknown = try evaluate()
      #expect(unknown.exitCode == 78 && unknown.errors.hasPrefix("lopt: \(file.path): unknown key task"))
    }
  }

  @Test("a grid of fewer than three rates is refused")
  func tinyGrid() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let result = try place.run("lopt", place.arguments(["--tasks", "1", "--steps", "5", "--grid", "2"]))
      #expect(result.exitCode == 64 && result.errors.contains("--grid must be in 3 … "))
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

  @Test("without gnuplot, or where a file cannot be made, lopt evaluate ends before anything is trained")
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

  @Test("a search reports every hyperparameter, in the table and in JSON")
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

  @Test("an evaluation that cannot be made is one line that names the file, and the code of sysexits")
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
