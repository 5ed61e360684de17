import Files
import Foundation
import TestSupport
import Testing

@testable import Settings

@Suite struct ConfigurationFileTests {
  /// The message about a file of this text, in a folder with the data set `a` and the link `b` to it; nil where it loads.
  private func message(_ text: String, environment: [String: String] = [:]) throws -> String? {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "lopt.json")
      try Data(text.utf8).write(to: file)
      try FileManager.default.createDirectory(at: folder.appending(path: "a"), withIntermediateDirectories: false)
      try FileManager.default.createSymbolicLink(atPath: folder.appending(path: "b").path, withDestinationPath: "a")
      do {
        _ = try Configuration.load(file: file, environment: environment)
        return nil
      } catch let error as ConfigurationError {
        return error.description.replacing(folder.path + "/", with: "")
      }
    }
  }

  @Test(
    "a file that would lose settings or be misread is refused by the place",
    arguments: [
      (
        #"{"datasets": ["a"], "state": "s", "outer": {"sigma": 0.5}, "outer": {"pairs": 2}}"#,
        "lopt.json: not JSON: line 1, column 60: the key outer is there for the second time, after line 1, column 35"
      ),
      ("{\"datasets\": [\"a\"],\n \"state\" \"s\"}", "lopt.json: not JSON: line 2, column 10: a colon must stand here"),
      (#"{"datasets": ["a"], "state": ""}"#, "lopt.json: state must not be empty"),
      (#"{"datasets": [""], "state": "s"}"#, "lopt.json: datasets[0].path must not be empty"),
      (#"{"datasets": ["a"], "state": "~/s"}"#, "lopt.json: state cannot be used: the path ~/s begins with ~"),
      (#"{"datasets": ["a", "~/b"], "state": "s"}"#, "lopt.json: datasets[1].path cannot be used: the path ~/b begins"),
      (#"{"datasets": ["a", "./a/"], "state": "s"}"#, "lopt.json: datasets[1].path is a, the same data set as a"),
      (#"{"datasets": ["a", "b"], "state": "s"}"#, "lopt.json: datasets[1].path is b, the same data set as a"),
      (#"{"datasets": ["a"], "state": "lopt.json/s"}"#, "lopt.json: state is lopt.json/s, but lopt.json is no folder"),
      (
        #"{"datasets": ["a"], "state": "s", "evaluation": {"datasets": ["a"], "suite": "s"}}"#,
        "lopt.json: evaluation.datasets must be an object of names with their folders (line 1, column 62)"
      ),
      (
        #"{"datasets": ["a"], "state": "s", "evaluation": {"datasets": {"x": 1}, "suite": "s"}}"#,
        "lopt.json: evaluation.datasets.x must be the path of a folder (line 1, column 68)"
      ),
      (
        #"{"datasets": ["a"], "state": "s", "evaluation": {"datasets": {"x": "~/a"}, "suite": "s"}}"#,
        "lopt.json: evaluation.datasets.x cannot be used: the path ~/a begins with ~"
      ),
      (
        #"{"datasets": ["a"], "state": "s", "evaluation": {"datasets": {"x": "a"}}}"#,
        "lopt.json: evaluation.datasets must stand beside evaluation.suite"
      ),
      (
        #"{"datasets": ["a"], "state": "s", "outer.sigma": 1}"#,
        #"lopt.json: the key outer.sigma is written as objects in a file: {"outer": {"sigma": …}}"#
      ),
    ])
  func refused(text: String, start: String) throws {
    let message = try message(text)
    #expect(message?.hasPrefix(start) == true, "\(message ?? "loaded")")
  }

  @Test(
    "a number that no value can be is refused by its key, the key's range and the place",
    arguments: [
      (
        "{\n  \"seed\": 1e400\n}", "lopt.json: seed is 1e400: ",
        ": must be in 0 … 18446744073709551615 (line 2, column 11)"
      ),
      (#"{"seed": -1}"#, "lopt.json: seed is -1: ", ": must be in 0 … 18446744073709551615 (line 1, column 10)"),
      (#"{"threads": 1e30}"#, "lopt.json: threads is 1e+30: ", ": must be 0 (every core) to 1024 (line 1, column 13)"),
      (
        #"{"outer": {"pairs": 1e999}}"#, "lopt.json: outer.pairs is 1e999: ", "must be in 1 … 65536 (line 1, column 21)"
      ),
      (
        #"{"datasets": [{"path": "a", "weight": 1e400}]}"#, "lopt.json: datasets[0].weight is 1e400: ",
        "(line 1, column 39)"
      ),
      (
        #"{"datasets": ["a"], "state": "s", "threads": 1025}"#, "lopt.json: threads must be 0 (every core) to 1024",
        " (line 1, column 46)"
      ),
      (#"{"x": 1e400}"#, "lopt.json: not JSON: line 1, column 7: the number 1e400 of x is too large", ""),
    ])
  func numbers(text: String, start: String, end: String) throws {
    let message = try message(text) ?? "loaded"
    #expect(message.hasPrefix(start) && message.hasSuffix(end), "\(message)")
  }

  @Test(
    "a variable that has a key twice, or begins as JSON and is none, is refused by its name",
    arguments: [
      (
        "LOPT_DATASETS", #"[{"path":"/nonexistent","path":"a"}]"#,
        "column 25: the key path is there for the second time"
      ),
      (
        "LOPT_PROBLEM", #" [{"name":"mlp2x32","weight":1,"w\u0065ight":5}]"#,
        "the key weight is there for the second time"
      ),
      ("LOPT_HTTP_HOST_NAMES", #"["a", "b""#, "which is not JSON: line 1, column 10: the text ends where a comma or ]"),
      ("LOPT_DATASETS", #"[{"path": 'a'}]"#, "which is not JSON: line 1, column 11: text stands in straight double"),
      ("LOPT_SEED", "1e400", "seed is 1e400: too large or too small"),
      ("LOPT_OUTER_SIGMA", "-1e400", "outer.sigma is -1e400: too large or too small"),
      ("LOPT_OUTER_SIGMA", "1e5x", "outer.sigma must be a number"),
    ])
  func texts(variable: String, text: String, message: String) throws {
    let found = try self.message(#"{"datasets": ["a"], "state": "s"}"#, environment: [variable: text]) ?? "loaded"
    #expect(found.hasPrefix("environment: \(variable): ") && found.contains(message), "\(found)")
  }

  @Test("a text that is neither array nor object stands for itself", arguments: ["norm", "\"norm\""])
  func words(text: String) throws {
    let file = #"{"datasets": ["a"], "state": "s"}"#
    #expect(try message(file, environment: ["LOPT_OUTER_CLIP_BY": text]) == nil)
    #expect(try message(file, environment: ["LOPT_PROBLEM": "mlp2x32"]) == nil)
  }

  @Test("a variable with an empty path is refused by its name")
  func variable() throws {
    let message = try message(#"{"datasets": ["a"], "state": "s"}"#, environment: ["LOPT_STATE": ""])
    #expect(message?.hasPrefix("environment: LOPT_STATE: state must not be empty") == true, "\(message ?? "loaded")")
    let several = try self.message(#"{"state": "s"}"#, environment: ["LOPT_DATASETS": "a:b"])
    #expect(several?.contains(#"LOPT_DATASETS: datasets is a:b, which is no folder: several are an array"#) == true)
  }

  @Test("a folder that is named ~, and commas at the end, are taken")
  func accepted() throws {
    #expect(try message(#"{"datasets": ["./~/a", "b",], "state": "./~/s",}"#) == nil)
  }

  @Test(
    "the folders of a suite's data sets are relative to the file, or to the working folder where a variable has them")
  func folders() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "lopt.json")
      let text =
        #"{"datasets": ["a"], "state": "s", "evaluation": {"suite": "x.json", "datasets": {"g": "../b", "h": "/c"}}}"#
      try Data(text.utf8).write(to: file)
      let evaluation = try Configuration.load(file: file, environment: [:]).evaluation
      let parent = folder.deletingLastPathComponent()
      #expect(evaluation.suite == folder.appending(path: "x.json").path)
      #expect(evaluation.datasets == ["g": parent.appending(path: "b").path, "h": "/c"])
      let given = try Configuration.load(file: file, environment: ["LOPT_EVALUATION_DATASETS": #"{"g": "b"}"#])
      #expect(given.evaluation.datasets == ["g": FileManager.default.currentDirectoryPath + "/b"])
    }
  }
}
