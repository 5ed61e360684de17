import Foundation
import TestSupport
import Testing

/// Every file that is read whole has a size above which it is refused.
@Suite struct EndlessFilesTests {
  @Test(
    "a file that never ends is refused by its name and the limit, and does not fill the memory",
    arguments: [
      ("64 MiB", ["lopt-daemon", "--check", "--config"]), ("64 MiB", ["lopt", "train", "--config"]),
      ("64 MiB", ["lopt", "evaluate", "--snapshot", "s", "--dataset", "d", "--plan"]),
      ("256 MiB", ["lopt", "verify"]), ("64 KiB", ["lopt", "verify", "s", "--public-key"]),
      ("64 KiB", ["lopt", "status", "--token-file"]),
      ("64 MiB", ["lopt", "status", "--from", "https://localhost:1", "--certificate-authority"]),
      ("256 MiB", ["lopt", "outer-gradient", "--problem", "mlp2x32", "--output", "o", "--case"]),
      (
        "64 MiB",
        [
          "dataprep", "build", "shards", "--source", "folder", "--input", "Examples", "--size", "8", "--output", "o",
          "--names",
        ]
      ),
      (
        "64 MiB",
        [
          "dataprep", "build", "shards", "--source", "folder", "--input", "Examples", "--size", "8", "--output", "o",
          "--held-out-list",
        ]
      ),
    ])
  func endless(limit: String, command: [String]) throws {
    let tool = Repository.tools.appending(path: command[0]).path
    // 8 GB of addresses, of which threads and libraries take some.
    let result = try ToolProcess(
      executable: URL(filePath: "/bin/sh"),
      ["-c", "ulimit -v 8000000; cd \"$0\"; exec \"$@\"", Repository.root.path, tool] + command.dropFirst() + [
        "/dev/zero"
      ],
      name: command[0]
    ).wait()
    #expect([64, 65, 66, 78].contains(result.exitCode), "\(command): \(result)")
    let text = result.errors + result.output
    #expect(text.contains("/dev/zero") && text.contains("at most \(limit)"), "\(command): \(text)")
  }
}
