extension Rule {
  /// Code on a page is fenced and says its language; a program says whether it is run: ```` ```sh run ````,
  /// ```` ```sh boot NAME ```` in the booted test, or ```` ```sh shown REASON ````.
  static let blocks = Rule(
    name: "blocks",
    violations: { tree in
      let booted = tree.texts["Tools/Systemd/booted_systemd.py"] ?? ""
      return tree.sortedPages.flatMap { path, page in
        page.indented.map { Violation(path: path, line: $0.line, message: "code without a fence: \($0.text)") }
          + page.blocks.compactMap { block in
            fault(in: block, booted: booted).map { Violation(path: path, line: block.line, message: $0) }
          }
      }
    },
    planted: [
      Planted(
        ["a.md": "As\n\n    lopt status\n\n- a list\n\n    of two paragraphs\n"],
        said: "a.md:3: code without a fence: lopt status"),
      Planted(["a.md": "```\nlopt status\n```\n"], said: "a.md:1: a block without a language"),
      Planted(["a.md": "```bash run\nlopt status\n```\n"], said: "a.md:1: bash is sh here"),
      Planted(
        ["a.md": "```text\nlopt\n```\n```sh run\nlopt --version\n```\n```sh\nlopt status\n```\n"],
        said: "a.md:7: a program that is not marked as run, boot or shown"),
      Planted(["a.md": "```sh shown\nlopt status\n```\n"], said: "a.md:1: shown, and no reason why it is not run"),
      Planted(
        [
          "a.md": "```sh boot start\nlopt status\n```\n```sh boot stop\nlopt pause\n```\n",
          "Tools/Systemd/booted_systemd.py": "self.page.run(\"start\")\n",
        ], said: "a.md:4: Tools/Systemd/booted_systemd.py runs no \"stop\""),
    ])

  private static func fault(in block: Page.Block, booted: String) -> String? {
    if block.language.isEmpty { return "a block without a language" }
    if ["bash", "shell", "console", "zsh"].contains(block.language) { return "\(block.language) is sh here" }
    guard block.isProgram else { return nil }
    switch block.mark {
    case "run": return block.remark.isEmpty ? nil : "run, and \(block.remark)"
    case "boot":
      return booted.contains("page.run(\"\(block.remark)\")")
        ? nil : "Tools/Systemd/booted_systemd.py runs no \"\(block.remark)\""
    case "shown": return block.remark.isEmpty ? "shown, and no reason why it is not run" : nil
    default: return "a program that is not marked as run, boot or shown"
    }
  }
}
