import Foundation
import TestSupport
import Testing

/// `lopt suite` as a process.
@Suite struct SuiteCommandTests {
  private static let rows = """
    {"dataset": "mnist14", "problem": "mlp2x32", "split": "train", "tasks": 2, "steps": 100, "batch": 8, "grid": 3,
     "baselines": ["adam", "adamw"], "schedule": "cosine",
     "small": {"tasks": 1, "baselines": ["adamw"]}},
    {"dataset": "mnist14", "problem": "mlp1x8", "split": "train", "tasks": 3, "steps": 150, "batch": 4, "grid": 3,
     "baselines": ["adamw"]}
    """

  private func file(_ rows: String = rows, in folder: URL) throws -> String {
    let file = folder.appending(path: "file.json")
    try Data("{\"name\": \"abroad\", \"purpose\": \"a test\", \"rows\": [\(rows)]}".utf8).write(to: file)
    return file.path
  }

  private func arguments(_ place: Workplace, _ file: String, _ more: String...) -> [String] {
    ["suite", file, "--snapshot", place.snapshot, "--dataset", "mnist14=\(place.dataset)"] + more
  }

  /// A report without what the clock measured.
  private func untimed(_ json: String) throws -> NSDictionary {
    func strip(_ value: Any) -> Any {
      if let object = value as? [String: Any] {
        return object.filter { key, _ in
          !key.hasPrefix("seconds_") && !key.hasSuffix("_seconds") && key != "update_share"
        }
        .mapValues(strip)
      }
      return (value as? [Any])?.map(strip) ?? value
    }
    return try #require(strip(try JSONSerialization.jsonObject(with: Data(json.utf8))) as? NSDictionary)
  }

  private func finishedRuns(_ place: Workplace) -> Int {
    let folder = place.folder.appending(path: "cache/lopt/evaluations")
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.reduce(0) { $0 + ((try? String(contentsOf: $1, encoding: .utf8))?.split(separator: "\n").count ?? 0) }
  }

  @Test("a killed lopt suite goes on from the runs that it had finished, and gives the same numbers, bit for bit")
  func resume() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let arguments = arguments(place, try file(in: folder), "--json")
      let whole = try place.run("lopt", arguments)
      #expect(whole.exitCode == 0, "\(whole.errors)")
      #expect(finishedRuns(place) == 0)
      let expected = try untimed(whole.output)

      // Once in its first row, and once in its second.
      for finished in [5, 35] {
        let stopped = try ToolProcess("lopt", arguments, environment: place.environment)
        try stopped.wait { _ in finishedRuns(place) >= finished }
        stopped.send(SIGKILL)
        #expect(try stopped.wait().exitCode == -SIGKILL)
        #expect(finishedRuns(place) >= finished)
      }
      let resumed = try place.run("lopt", arguments)
      #expect(try untimed(resumed.output) == expected)
      #expect(finishedRuns(place) == 0)
    }
  }

  @Test("the table has two lines a row and one for each mean; --output leaves them as a page, a figure and JSON")
  func output() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let results = folder.appending(path: "results/new")
      let arguments = arguments(place, try file(in: folder), "--output", results.path)
      let table = try place.run("lopt", arguments)
      #expect(table.exitCode == 0, "\(table.errors)")
      let lines = table.output.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines[0] == "abroad, 2 rows, with theta-000000000.safetensors: a test")
      #expect(lines[1].hasPrefix("row ") && lines[1].contains("to the best baseline's loss: steps"))
      #expect(lines[2...5].map { $0.hasPrefix("mlp2x32 mnist14 100x8  learned") } == [true, true, false, false])
      #expect(lines[4...5].allSatisfy { $0.hasPrefix("mlp1x8 mnist14 150x4   learned") })
      #expect(lines[7].hasPrefix("over all rows") && lines[8].hasPrefix("learned "))
      #expect(lines[9].hasPrefix("learned-tuned "))

      let names = try FileManager.default.contentsOfDirectory(atPath: results.path).sorted()
      #expect(names == ["abroad.json", "abroad.md", "abroad.svg"])
      let json = try String(contentsOf: results.appending(path: "abroad.json"), encoding: .utf8)
      let report = try untimed(json)
      #expect(report["suite"] as? String == "abroad" && report["purpose"] as? String == "a test")
      #expect(report == (try untimed(place.run("lopt", arguments + ["--json"]).output)))
      let page = try String(contentsOf: results.appending(path: "abroad.md"), encoding: .utf8)
      #expect(page.hasPrefix("# Suite abroad\n") && page.contains("](abroad.svg)"))
      #expect(page.contains("| mlp1x8 mnist14 150x4 | learned-tuned |") && page.contains("by a grid of 3 rates"))
      let figure = try String(contentsOf: results.appending(path: "abroad.svg"), encoding: .utf8)
      for optimizer in ["learned", "learned-tuned", "adamw"] { #expect(figure.contains(">\(optimizer)<")) }
      #expect(!figure.contains(">adam<"), "not every row has it")
    }
  }

  @Test("--small evaluates the marked rows as they are marked, under a name of its own")
  func small() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let results = folder.appending(path: "results")
      let result = try place.run(
        "lopt", arguments(place, try file(in: folder), "--small", "--json", "--output", results.path))
      #expect(result.exitCode == 0, "\(result.errors)")
      let rows = try #require(untimed(result.output)["rows"] as? [[String: Any]])
      let plans = rows.compactMap { $0["plan"] as? [String: Any] }
      #expect(plans.map { $0["tasks"] as? Int } == [1] && plans.map { $0["baselines"] as? [String] } == [["adamw"]])
      #expect(FileManager.default.fileExists(atPath: results.appending(path: "abroad-small.json").path))
    }
  }

  @Test("what cannot be done is said before anything is trained, by file, row, key and name, with the code of sysexits")
  func refused() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let path = try file(in: folder)
      func expect(_ arguments: [String], _ code: Int32, _ message: String, path: String? = nil) throws {
        let result = try place.run("lopt", arguments, path: path)
        #expect(result.exitCode == code && result.errors.contains(message) && result.output.isEmpty, "\(result)")
        #expect(finishedRuns(place) == 0)
      }
      let bare = ["suite", path, "--snapshot", place.snapshot]
      try expect(bare, 64, "lopt: \(path): the suite needs a data set for each of mnist14; missing: mnist14\n")
      try expect(bare + ["--dataset", place.dataset], 64, "must be a name of the suite with a folder")
      try expect(bare + ["--dataset", "mnist14="], 64, "must be a name of the suite with a folder")
      try expect(arguments(place, path, "--dataset", "mnist14=x"), 64, "--dataset gives mnist14 two folders")
      try expect(
        arguments(place, path, "--dataset", "mnist=x"), 64, "--dataset mnist: \(path) has no data set of this name; it")
      try expect(bare + ["--dataset", "mnist14=\(folder.path)/none"], 66, "lopt: \(folder.path)/none")
      try expect(arguments(place, folder.path + "/none.json"), 66, "lopt: \(folder.path)/none.json: ")
      try expect(arguments(place, path, "--output", path), 73, "lopt: \(path)")
      try expect(
        arguments(place, path, "--output", folder.path + "/results"), 69, "apt install gnuplot-nox", path: folder.path)
      let other = try file(Self.rows.replacing("mlp1x8", with: "conv3x8"), in: folder)
      try expect(
        arguments(place, other), 65,
        "lopt: \(path): rows[1] (conv3x8 mnist14 150x4): \(place.dataset): conv3x8 takes images of 32×32×3")
      _ = try file(Self.rows.replacing("\"steps\": 150", with: "\"steps\": 0"), in: folder)
      try expect(arguments(place, path), 78, "lopt: \(path): rows[1]: steps must be in 1 … 10000000")
      _ = try file("", in: folder)
      try expect(arguments(place, path), 78, "lopt: \(path): rows must be an array of 1 … 1000 objects (line 1")
      _ = try file(String(Self.rows.replacing(/"small".*/, with: "\"seed\": 1},")), in: folder)
      try expect(arguments(place, path, "--small"), 78, "no row has the key small")
    }
  }
}
