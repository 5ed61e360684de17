import Foundation
import TestSupport
import Testing

/// `scripts/package`, before it builds.
@Suite struct PackageScriptTests {
  @Test(
    "no package is made without a maintainer who has a name and an address",
    arguments: [[:], ["DEBFULLNAME": "A. Name"], ["DEBEMAIL": "a@example.org"]])
  func maintainer(variables: [String: String]) throws {
    // What git knows of whoever runs the tests does not count.
    let nobody = ["GIT_DIR": "/nonexistent", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"]
    let result = try ToolProcess(
      executable: Repository.root.appending(path: "scripts/package"), [],
      environment: ["DEBFULLNAME": "", "DEBEMAIL": ""].merging(nobody) { $1 }.merging(variables) { $1 }
    ).wait()
    #expect(result.exitCode == 64 && result.output.isEmpty)
    #expect(result.errors.hasPrefix("package: who maintains the package? Give DEBFULLNAME="), "\(result.errors)")
  }
}
