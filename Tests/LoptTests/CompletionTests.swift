import Foundation
import TestSupport
import Testing

@Suite struct CompletionTests {
  private static let shells = ["bash", "zsh", "fish"].filter { shell in
    ["/bin", "/usr/bin", "/usr/local/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(shell)") }
  }

  /// What a real shell makes of lines when the tab key is pressed at the end of each.
  private func completed(_ lines: [String], of program: String, by shell: String, form: [String]? = nil) throws
    -> [String]
  {
    try withTemporaryFolder { folder in
      let work = folder.appending(path: "work")
      try FileManager.default.createDirectory(at: work.appending(path: "mnist14"), withIntermediateDirectories: true)
      for name in ["theta.safetensors", "map file.txt"] { try Data().write(to: work.appending(path: name)) }
      let script = folder.appending(path: "_\(program)")
      let printed = try ToolProcess.run(
        program, form ?? ["--generate-completion-script", shell], environment: ["SHELL": "/bin/\(shell)"])
      #expect(printed.exitCode == 0, "\(printed.errors)")
      try Data(printed.output.utf8).write(to: script)
      let tool = Repository.root.appending(path: "Tools/Completion/complete.py")
      let made = try Python.run(script: tool, arguments: [shell, program, script.path, work.path] + lines)
      // Bash and fish leave the slash behind a folder, and zsh takes it away when the line is entered.
      return made.split(separator: "\n").map { $0.trimmingCharacters(in: [" ", "/"]) }
    }
  }

  /// Expects that a shell completes each line as given.
  private func expectCompletion(_ lines: [String: String], of program: String, by shell: String) throws {
    let keys = lines.keys.sorted()
    #expect(try completed(keys, of: program, by: shell) == keys.map { lines[$0] })
  }

  @Test("the tab key completes commands, names of files and folders, and fixed values", arguments: shells)
  func lopt(shell: String) throws {
    let lines = [
      "lopt evalu": "evaluate", "lopt sui": "suite", "lopt suite th": "suite theta.safetensors",
      "lopt verify th": "verify theta.safetensors",
      "lopt evaluate --snapshot th": "evaluate --snapshot theta.safetensors",
      "lopt evaluate --dataset mn": "evaluate --dataset mnist14",
      "lopt evaluate --tune val": "evaluate --tune validation",
      "lopt evaluate --split held": "evaluate --split held-out",
      "lopt layout --problem mlp2": "layout --problem mlp2x32",
      "lopt fetch lat": "fetch latest", "lopt fetch latest --from mn": "fetch latest --from mnist14",
      "lopt train --config th": "train --config theta.safetensors",
      "lopt train --preset pa": "train --preset paper",
    ]
    try expectCompletion(lines, of: "lopt", by: shell)
  }

  @Test("the tab key completes the lists and folders of dataprep", arguments: shells)
  func dataprep(shell: String) throws {
    let lines = [
      "dataprep info mn": "info mnist14", "dataprep build shards --names th": "build shards --names theta.safetensors",
      "dataprep build shards --input mn": "build shards --input mnist14",
      "dataprep build shards --filter bi": "build shards --filter bicubic",
    ]
    try expectCompletion(lines, of: "dataprep", by: shell)
  }

  @Test(
    "behind --option= bash offers names of files, in whichever form the script was asked for",
    arguments: [
      ["--generate-completion-script", "bash"], ["--generate-completion-script=bash"], ["--generate-completion-script"],
    ])
  func equals(form: [String]) throws {
    #expect(
      try completed(["lopt evaluate --snapshot=th"], of: "lopt", by: "bash", form: form) == [
        "evaluate --snapshot=theta.safetensors"
      ])
  }

  @Test("every option and argument that is a path completes as one", arguments: ["lopt", "dataprep", "lopt-daemon"])
  func paths(program: String) throws {
    struct Argument: Decodable {
      var kind: String
      var valueName: String?
      var completionKind: [String: JSONNothing]?
    }
    struct JSONNothing: Decodable { init(from decoder: any Decoder) {} }
    struct Command: Decodable {
      var commandName: String
      var arguments: [Argument]?
      var subcommands: [Command]?
    }
    struct Dump: Decodable { var command: Command }
    let dump = try ToolProcess.run(program, ["--experimental-dump-help"])
    var commands = [try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command]
    var found = 0
    while let command = commands.popLast() {
      commands += command.subcommands ?? []
      for argument in command.arguments ?? [] where argument.kind != "flag" {
        let name = argument.valueName ?? ""
        guard ["file", "folder", "path"].contains(where: name.contains) else { continue }
        found += 1
        let kinds = Set((argument.completionKind ?? [:]).keys)
        #expect(!kinds.isDisjoint(with: ["file", "directory"]), "\(command.commandName): \(name) \(kinds)")
      }
    }
    #expect(found > 0)
  }
}
