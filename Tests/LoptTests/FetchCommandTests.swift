import Foundation
import TestSupport
import Testing

/// `lopt fetch` as a process; what it fetches from is tested with the daemon.
@Suite struct FetchCommandTests {
  @Test("a name that is none is exit 66 and says what a name is")
  func wrongName() throws {
    let result = try ToolProcess.run("lopt", ["fetch", "../../etc/passwd"])
    #expect(result.exitCode == 66)
    #expect(result.output.isEmpty)
    #expect(
      result.errors
        == "lopt: ../../etc/passwd: must be latest, best or the name of a snapshot, such as theta-000000012.safetensors\n"
    )
  }

  @Test("where no daemon listens it is exit 69")
  func noServer() throws {
    let result = try ToolProcess.run("lopt", ["fetch", "latest", "--from", "http://127.0.0.1:1"])
    #expect(result.exitCode == 69)
    #expect(result.errors.hasPrefix("lopt: http://127.0.0.1:1/v1/snapshots/latest: cannot be reached"))
  }

  @Test("a folder that is no state is exit 66")
  func noState() throws {
    try withTemporaryFolder { folder in
      let result = try ToolProcess.run("lopt", ["fetch", "latest", "--from", folder.path])
      #expect(result.exitCode == 66)
      #expect(result.errors == "lopt: \(folder.path): no snapshot there; is it the state folder of a daemon?\n")
    }
  }
}
