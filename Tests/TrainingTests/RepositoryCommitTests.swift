import Files
import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct RepositoryCommitTests {
  @discardableResult
  private func git(_ folder: URL, _ arguments: String...) throws -> String {
    let identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    let result = try ToolProcess(
      executable: URL(filePath: "/usr/bin/env"), ["git", "-C", folder.path] + identity + arguments
    ).wait()
    try #require(result.exitCode == 0, "\(result.errors)")
    return result.output
  }

  @Test("the commit is that of the repository around a folder, where the sources are as they were committed")
  func commit() throws {
    try withTemporaryFolder { folder in
      let (sources, build) = (folder.appending(path: "Sources"), folder.appending(path: ".build/release"))
      for new in [sources, build] {
        try FileManager.default.createDirectory(at: new, withIntermediateDirectories: true)
      }
      try Data("a".utf8).write(to: sources.appending(path: "a.swift"))
      try Data("p".utf8).write(to: folder.appending(path: "Package.swift"))
      try git(folder, "init", "--quiet")
      try git(folder, "add", ".")
      try git(folder, "commit", "--quiet", "--message", "first")
      let head = try git(folder, "rev-parse", "HEAD").trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(try RepositoryCommit.around(build) == head)
      try Data("new".utf8).write(to: folder.appending(path: "notes"))
      #expect(try RepositoryCommit.around(build) == head)
      try Data("b".utf8).write(to: sources.appending(path: "a.swift"))
      let changed = #expect(throws: TrainingError.self) { try RepositoryCommit.around(build) }
      #expect(changed?.exitCode == .data && changed?.description.contains("Sources differ from the commit") == true)
    }
  }

  @Test("a folder in no repository has no commit: exit code 69")
  func none() throws {
    try withTemporaryFolder { folder in
      let error = #expect(throws: TrainingError.self) { try RepositoryCommit.around(folder) }
      #expect(error?.exitCode == .unavailable && error?.description.contains("name it with --commit") == true)
    }
  }
}
