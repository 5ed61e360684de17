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
        #"{"datasets": ["a"], "state": "s", "outer.sigma": 1}"#,
        #"lopt.json: the key outer.sigma is written as objects in a file: {"outer": {"sigma": …}}"#
      ),
    ])
  func refused(text: String, start: String) throws {
    let message = try message(text)
    #expect(message?.hasPrefix(start) == true, "\(message ?? "loaded")")
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
}
