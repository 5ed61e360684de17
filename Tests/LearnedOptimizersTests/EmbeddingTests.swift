import Foundation
import TestSupport
import Testing

/// The programs of Documentation/embedding.md and Examples, as they stand.
@Suite struct EmbeddingTests {
  private let theta = Repository.root.appending(path: "Examples/theta/mlp2x32-train.safetensors").path

  @Test("the page's program in C compiles with liblopt, and trains; without a θ it says what it takes")
  func c() throws {
    try withTemporaryFolder { folder in
      let page = try String(
        contentsOf: Repository.root.appending(path: "Documentation/embedding.md"), encoding: .utf8)
      let program = page.components(separatedBy: "```c\n")[1].components(separatedBy: "```")[0]
      #expect(program.split(separator: "\n").count <= 20)
      let source = folder.appending(path: "train.c")
      try Data(program.utf8).write(to: source)
      func run(_ executable: String, _ arguments: [String]) throws -> ProcessResult {
        try ToolProcess(executable: URL(filePath: executable), arguments).wait(seconds: 120)
      }
      let library = folder.appending(path: "liblopt")
      let built = try run(Repository.root.appending(path: "scripts/liblopt").path, [library.path])
      #expect(built.exitCode == 0 && built.errors.isEmpty, "\(built.errors)")
      #expect(built.output == library.appending(path: "liblopt.so").path + "\n")
      let train = folder.appending(path: "train").path
      let compiled = try run(
        "/usr/bin/env",
        [
          "clang", "-Wall", "-Wextra", "-Wno-sign-conversion", "-Werror", "-I", library.path, source.path,
          library.appending(path: "liblopt.so").path, "-Wl,-rpath,\(library.path)", "-o", train,
        ])
      #expect(compiled.exitCode == 0, "\(compiled.errors)")
      let trained = try run(train, [theta])
      #expect(trained.exitCode == 0)
      #expect(abs(try #require(Float(trained.output.dropLast()))) < 0.1, "it began at −0.5")
      let alone = try run(train, [])
      #expect(alone.exitCode == 1 && alone.errors == "usage: train FILE\n")
      let missing = try run(train, ["/no/θ"])
      #expect(missing.exitCode == 1 && missing.errors == "/no/θ: No such file or directory\n")
    }
  }
}
