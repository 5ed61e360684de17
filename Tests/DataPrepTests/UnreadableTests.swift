import Files
import Foundation
import Shards
import TestSupport
import Testing

/// Where the system does not let something be read, its own reason is told, with the code of an input that cannot be read.
@Suite struct UnreadableTests {
  /// Runs the tool as a user who owns nothing.
  private func run(_ arguments: [String]) throws -> ProcessResult {
    let tool = Repository.tools.appending(path: "dataprep").path
    guard geteuid() == 0 else { return try ToolProcess.run("dataprep", arguments) }
    return try ToolProcess(
      executable: URL(filePath: "/usr/bin/setpriv"),
      ["--reuid=65534", "--regid=65534", "--clear-groups", tool] + arguments
    ).wait()
  }

  private static let isPossible = geteuid() != 0 || FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")

  private func close(_ url: URL) { chmod(url.path, 0) }

  @Test(
    "a folder of files, or a file in it, of another user", .enabled(if: isPossible),
    arguments: [SmallSource.mnist, .cifar10, .cifar100, .folder, .imagenetFolders, .imagenetTars, .imagenet32])
  func inputs(source: SmallSource) throws {
    try InputFiles.with(source) { files, output in
      let first = try #require(try SmallSource.files(files).first { !$0.lastPathComponent.hasSuffix(".csv") })
      for closed in [files, first] {
        let mode = try FileManager.default.attributesOfItem(atPath: closed.path)[.posixPermissions]
        close(closed)
        let result = try run(SmallBuild.arguments(source, files, to: output))
        try FileManager.default.setAttributes([.posixPermissions: mode as Any], ofItemAtPath: closed.path)
        #expect(result.exitCode == 66, "\(result.errors)")
        #expect(result.errors.contains("Permission denied"), "\(result.errors)")
        #expect(!result.errors.contains("No such file") && !result.errors.contains("no such file"), "\(result.errors)")
      }
    }
  }

  @Test("a shard is not called damaged, by verify and by what opens the data set", .enabled(if: isPossible))
  func shard() throws {
    try InputFiles.with(.mnist) { files, output in
      #expect(try SmallBuild.run(.mnist, files, to: output).exitCode == 0)
      close(output.appending(path: "shard-00000.lmdb"))
      let verify = try run(["verify", output.path])
      #expect(verify.exitCode == 66)
      #expect(verify.output.contains("cannot be read") && !verify.output.contains("damaged"))
      #expect(verify.errors.contains("shard-00000.lmdb: cannot be read: Permission denied"), "\(verify.errors)")
      let json = try run(["verify", output.path, "--json"])
      #expect(json.exitCode == 66)
      #expect(json.output.contains("cannot be read: Permission denied"))
      chmod(output.deletingLastPathComponent().path, 0o777)
      let export = try run(["export", output.path, "--format", "npz", "--output", output.path + ".npz"])
      #expect(export.exitCode == 66, "\(export.errors)")
      #expect(export.errors.contains("Permission denied"), "\(export.errors)")
    }
  }

  @Test("a shard that is a link in a circle cannot be read, and one that is gone is not what the manifest says")
  func link() throws {
    try InputFiles.with(.mnist) { files, output in
      #expect(try SmallBuild.run(.mnist, files, to: output).exitCode == 0)
      let shard = output.appending(path: "shard-00000.lmdb")
      try FileManager.default.removeItem(at: shard)
      #expect(try ShardInspection.inspect(output).map(\.problem?.code) == [.damagedShard])
      symlink("shard-00000.lmdb", shard.path)
      #expect(try ShardInspection.inspect(output).map(\.problem?.code) == [.unreadableShard])
      #expect(try ToolProcess.run("dataprep", ["verify", output.path]).exitCode == 66)
    }
  }

  @Test("a hidden name that is not UTF-8 is counted as any hidden one")
  func hidden() throws {
    try InputFiles.with(.folder) { files, output in
      let line = "touch $'\(files.path)/class 1/.caf\\xe9.jpg' $'\(files.path)/.\\xff' $'\(files.path)/._\\xfe.jpg'"
      #expect(try ToolProcess(executable: URL(filePath: "/bin/bash"), ["-c", line]).wait().exitCode == 0)
      #expect(try SmallBuild.run(.folder, files, to: output).exitCode == 0)
      let leftOut = try Manifest(in: output).leftOut
      #expect(leftOut?.map(\.reason) == ["a hidden file or folder"])
      #expect(leftOut?.first?.count == 2)
    }
  }
}
