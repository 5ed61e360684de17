import Foundation
import TestSupport
import Testing

/// The programs on the pages: those marked `run` are run as a reader would, in the order of their page.
@Suite struct BlockTests {
  private static let pages = (try? Tree.checkout.get())?.sortedPages ?? []
  private static let programs = pages.flatMap { path, page in
    page.blocks.filter(\.isProgram).map { (path: path, block: $0) }
  }

  @Test("the pages have programs of each mark")
  func counts() {
    let counts = Dictionary(grouping: Self.programs, by: \.block.mark).mapValues(\.count)
    print("programs on pages:", counts.sorted { $0.key < $1.key }.map { "\($1) \($0)" }.joined(separator: ", "))
    for (path, block) in Self.programs { print("  \(path):\(block.line): \(block.info.joined(separator: " "))") }
    for mark in ["run", "boot", "shown"] { #expect(counts[mark, default: 0] > 0, "\(mark)") }
  }

  @Test(
    "what is marked as run ends well, in an empty folder with Examples in it and the tools on the PATH",
    arguments: Set(programs.filter { $0.block.mark == "run" }.map(\.path)).sorted())
  func run(page: String) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: "Examples"), withDestinationURL: Repository.root.appending(path: "Examples"))
      for (path, block) in Self.programs where path == page && block.mark == "run" {
        let shell = block.language == "sh" ? "/bin/sh" : try Python.interpreter().path
        let file = folder.appending(path: ".block")
        try Data((block.language == "sh" ? "set -eu\n" + block.text : block.text).utf8).write(to: file)
        let script = "cd \"$1\" && PATH=\"$2:$PATH\" && exec \"$3\" .block"
        let result = try ToolProcess(
          executable: URL(filePath: "/bin/sh"), ["-c", script, "sh", folder.path, Repository.tools.path, shell],
          environment: ["HOME": folder.path]
        ).wait(seconds: 60)
        #expect(
          result.exitCode == 0,
          "\(path):\(block.line) has ended with \(result.exitCode)\n\(result.output)\(result.errors)")
      }
    }
  }
}
