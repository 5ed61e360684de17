import Foundation
import TestSupport
import Testing

/// The scripts of Tools/Service that run `lopt-daemon` as a process, in their short forms (scripts/test-long has the long
/// ones).
@Suite(.serialized) struct ServiceScriptTests {
  @Test(
    "through many clients, malformed requests, kills and damage the daemon serves what is sound, and trains on",
    arguments: [
      ("load", ["5"], "load: passed"), ("fuzz", ["500"], "500 requests, no crash"),
      ("kills", ["10", "4"], "14 faults survived"),
    ])
  func shortForm(name: String, arguments: [String], last: String) throws {
    let script = Repository.root.appending(path: "Tools/Service/\(name).py")
    let printed = try Python.run(script: script, arguments: [Repository.tools.path] + arguments, seconds: 300)
    #expect(printed.contains(last), "\(printed)")
  }
}
