import Foundation

extension Rule {
  /// Links lead somewhere: those of pages, and the pages that comments and messages of the code name.
  static let links = Rule(
    name: "links",
    violations: { tree in
      var result: [Violation] = []
      func check(_ target: String, from path: String, line: Int, in base: String) {
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let file = parts[0].isEmpty ? path : resolved(parts[0], in: base)
        if !tree.paths.contains(file) {
          result.append(Violation(path: path, line: line, message: "\(target) leads to nothing: there is no \(file)"))
        } else if parts.count > 1, let page = tree.pages[file], !page.anchors.contains(parts[1]) {
          result.append(Violation(path: path, line: line, message: "\(file) has no heading #\(parts[1])"))
        }
      }
      for (path, page) in tree.sortedPages {
        for link in page.links where !link.text.contains(/^[a-z]+:/) {
          check(link.text.removingPercentEncoding ?? link.text, from: path, line: link.line, in: folder(of: path))
        }
      }
      for (path, line, text) in codeLines(of: tree) where text.contains("Documentation/") {
        for match in text.matches(of: /Documentation\/[\w\/@.-]+\.md(?:#[\w-]+)?/) {
          check(String(match.0), from: path, line: line, in: "")
        }
      }
      return result
    },
    planted: [
      Planted(
        ["a.md": "# A b\n[b](b.md), [here](#a-b), [out](https://example.org)\n"],
        said: "a.md:2: b.md leads to nothing: there is no b.md"),
      Planted(
        ["Documentation/a.md": "[up](../b.md#two-words),\n[gone](../b.md#three)", "b.md": "## Two words\n"],
        said: "Documentation/a.md:2: b.md has no heading #three"),
      Planted(
        ["Sources/A.swift": "/// As Documentation/method.md#lives says.\n", "Documentation/method.md": "# Life\n"],
        said: "Sources/A.swift:1: Documentation/method.md has no heading #lives"),
    ])

  /// What the package has of pages leads to what it has: their links, and the files that help names as it has them.
  static let packaged = Rule(
    name: "packaged",
    violations: { tree in
      guard let list = tree.texts["packaging/pages"] else { return [] }
      let packaged = list.split(separator: "\n").filter { !$0.hasPrefix("#") }
      func isPackaged(_ path: String) -> Bool { packaged.contains { path == $0 || path.hasPrefix("\($0)/") } }
      var result: [Violation] = []
      for path in packaged where !tree.paths.contains(String(path)) {
        result.append(Violation(path: "packaging/pages", line: 0, message: "there is no \(path)"))
      }
      for (path, page) in tree.sortedPages where isPackaged(path) {
        for link in page.links where !link.text.contains(/^(?:[a-z]+:|#)/) {
          let target = resolved(String(link.text.prefix { $0 != "#" }), in: folder(of: path))
          guard !isPackaged(target.removingPercentEncoding ?? target) else { continue }
          result.append(Violation(path: path, line: link.line, message: "the package has no \(target)"))
        }
      }
      for (path, line, text) in codeLines(of: tree) {
        for match in text.matches(of: /documentationRoot\)([\w\/@.-]+\w)/) where !isPackaged(String(match.1)) {
          result.append(Violation(path: path, line: line, message: "the package has no \(match.1)"))
        }
      }
      return result
    },
    planted: [
      Planted(
        [
          "packaging/pages": "# Pages\nDocumentation\n",
          "Documentation/a.md": "[a](a.md#b), [b](#b), [c](https://w3.org)\n",
          "README.md": "[b](b.md)", "b.md": "", "Documentation/b.md": "#\n[b](../b.md)",
        ], said: "Documentation/b.md:2: the package has no b.md"),
      Planted(["packaging/pages": "README.md\n"], said: "packaging/pages: there is no README.md"),
      Planted(
        [
          "packaging/pages": "a.md\n", "a.md": "", "Tools/b.py": "",
          "Sources/A.swift": "\"\\(documentationRoot)a.md, \\(documentationRoot)Tools/b.py\"\n",
        ], said: "Sources/A.swift:1: the package has no Tools/b.py"),
    ])

  /// Every page of Documentation is found from its index.
  static let index = Rule(
    name: "index",
    violations: { tree in
      guard let index = tree.pages["Documentation/README.md"] else { return [] }
      let linked = Set(
        index.links.map { resolved(String($0.text.prefix { $0 != "#" }), in: "Documentation").removingPercentEncoding })
      return tree.sortedPages.map(\.path)
        .filter { $0.hasPrefix("Documentation/") && $0 != "Documentation/README.md" && !linked.contains($0) }
        .map { Violation(path: $0, line: 0, message: "Documentation/README.md has no link to this page") }
    },
    planted: [
      Planted(
        ["Documentation/README.md": "[a](a.md)", "Documentation/a.md": "", "Documentation/figures/b.md": ""],
        said: "Documentation/figures/b.md: Documentation/README.md has no link to this page")
    ])

  /// Whoever reads of a page can go there.
  static let mentions = Rule(
    name: "mentions",
    violations: { tree in
      let names = Set(tree.pages.keys.map(fileName(of:)))
      return tree.sortedPages.flatMap { path, page in
        (page.prose + page.spans.filter { !$0.isLinked }).flatMap { piece in
          piece.text.matches(of: /[\w\/@.-]*\w\.md\b/).filter { names.contains(fileName(of: String($0.0))) }.map {
            Violation(path: path, line: piece.line, message: "\($0.0) is named and not linked")
          }
        }
      }
    },
    planted: [
      Planted(
        ["a.md": "See [`b.md`](b.md) and\n`b.md`. It writes `c.md`.\n", "b.md": ""],
        said: "a.md:2: b.md is named and not linked")
    ])

  /// Every path of the repository that a page or a comment names is there. In a pattern such as `FigureN` or `NAME` the
  /// part that stands for others fits at least one.
  static let paths = Rule(
    name: "paths",
    violations: { tree in
      var result: [Violation] = []
      let top = Set(tree.paths.filter { !$0.contains("/") })
      let names = Set(tree.paths.map(fileName(of:)))
      func check(_ text: some StringProtocol, _ path: String, _ line: Int) {
        for match in String(text).matches(of: /(?:^|[\s"'`(=])((?:[\w.]+\/)+[\w@.+-]*)/) {
          let named = String(match.1).trimmingCharacters(in: CharacterSet(charactersIn: "/."))
          guard let first = named.split(separator: "/").first, top.contains(String(first)), named.contains("/"),
            !named.contains("/.build")
          else { continue }
          if !exists(named, in: tree.paths) {
            result.append(Violation(path: path, line: line, message: "there is no \(named)"))
          }
        }
      }
      // What changed names what was.
      for (path, page) in tree.sortedPages where path != "CHANGELOG.md" {
        for span in page.spans {
          check(span.text, path, span.line)
          if let match = span.text.wholeMatch(of: /[\w+]+\.(?:swift|py|c|h)/), !exists(String(match.0), in: names) {
            result.append(Violation(path: path, line: span.line, message: "there is no file \(match.0)"))
          }
        }
        for block in page.blocks { check(block.text, path, block.line) }
      }
      for (path, line, text) in codeLines(of: tree) {
        guard let start = text.firstRange(of: /(?:^|\s)(?:\/\/|#|\*)/)?.lowerBound else { continue }
        check(text[start...], path, line)
      }
      return result
    },
    planted: [
      Planted(
        ["a.md": "`Sources/A/Gone.swift` and `Sources/A/Figure1.swift`\n", "Sources/A/Figure1.swift": ""],
        said: "a.md:1: there is no Sources/A/Gone.swift"),
      Planted(
        ["a.md": "`Sources/A/FigureN.swift`, `FigureN.swift`, `PlotN.swift`\n", "Sources/A/Figure1.swift": ""],
        said: "a.md:1: there is no file PlotN.swift"),
      Planted(
        ["scripts/test": "# Calls scripts/gone and scripts/test, not other/gone.\n"],
        said: "scripts/test:1: there is no scripts/gone"),
    ])

  /// The types that the pages for contributors name are those of the code.
  static let types = Rule(
    name: "types",
    violations: { tree in
      let pages = ["ARCHITECTURE.md", "CONTRIBUTING.md", "Documentation/glossary.md"].filter { tree.pages[$0] != nil }
      guard !pages.isEmpty else { return [] }
      var declared: [Substring: Set<String>] = [:]
      var words = Set<String>()
      for (path, source) in tree.swiftFiles {
        let parts = path.split(separator: "/")
        words.formUnion(source.words.lazy.map(\.text))
        words.insert(String(fileName(of: path).dropLast(6)))
        guard parts.count > 2, parts[0] == "Sources" else { continue }
        words.formUnion(parts.map(String.init))
        declared[parts[1], default: []].formUnion(
          source.words.lazy.filter {
            ["struct", "class", "enum", "actor", "protocol", "typealias"].contains($0.previous)
          }.map(\.text))
      }
      return pages.flatMap { path in
        tree.pages[path]!.spans.compactMap { span -> Violation? in
          if let match = span.text.wholeMatch(of: /([A-Z]\w+)\/([A-Z]\w+)(?:\.\w+)*/), let module = declared[match.1] {
            if module.contains(String(match.2)) { return nil }
            return Violation(path: path, line: span.line, message: "\(match.1) has no type \(match.2)")
          }
          // Names of two words at least, such as `OuterAdam` or `Worker.draws`: others may be words of English.
          guard let match = span.text.wholeMatch(of: /([A-Z]\w*[a-z][A-Z]\w*|[A-Z]\w+\.[a-z]\w+)(?:\([\w:]*\))?/),
            !span.text.contains(/\.(?:md|swift|json|py)$/)
          else { return nil }
          let unknown = match.1.split(separator: ".").first { !words.contains(String($0)) && !isPattern(String($0)) }
          return unknown.map { Violation(path: path, line: span.line, message: "the code has no \($0)") }
        }
      }
    },
    planted: [
      Planted(
        [
          "Documentation/glossary.md": "`Engine/Worker` and\n`Engine/Learner`\n",
          "Sources/Engine/Worker.swift": "struct Worker {}\n",
        ], said: "Documentation/glossary.md:2: Engine has no type Learner"),
      Planted(
        ["ARCHITECTURE.md": "`OuterAdam`, `OuterSGD`\n", "Sources/Engine/A.swift": "struct OuterAdam {}\n"],
        said: "ARCHITECTURE.md:1: the code has no OuterSGD"),
    ])

  /// The lines of everything that is no page and no fixture, with their numbers.
  private static func codeLines(of tree: Tree) -> [(path: String, line: Int, text: Substring)] {
    let kinds = [".swift", ".c", ".h", ".py", ".js", ".service", ".conf"]
    return tree.texts.filter { path, _ in
      !path.hasPrefix("Tests/RulesTests/") && !path.hasPrefix("Tests/Fixtures/")
        && (kinds.contains { path.hasSuffix($0) } || path.hasPrefix("scripts/"))
    }.sorted { $0.key < $1.key }.flatMap { path, text in
      text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().lazy
        .filter { $0.element.contains("/") }.map { (path, $0.offset + 1, $0.element) }
    }
  }

  /// The path of a link's target, as seen from a folder.
  private static func resolved(_ target: String, in base: String) -> String {
    var parts = base.split(separator: "/").map(String.init)
    for part in target.split(separator: "/") {
      if part == ".." {
        _ = parts.popLast()
      } else if part != "." {
        parts.append(String(part))
      }
    }
    return parts.joined(separator: "/")
  }

  /// Parts of names that stand for others.
  private static let placeholders = [
    ("NAME", "[^/]+"), ("Name", "[A-Z]\\w*"), ("-name", "-[a-z-]+"), ("FigureN", "Figure[0-9]+"),
    ("PlotN", "Plot[0-9]+"), ("-N", "-[0-9]+"),
  ]

  private static func isPattern(_ name: String) -> Bool { placeholders.contains { name.contains($0.0) } }

  private static func exists(_ name: String, in names: Set<String>) -> Bool {
    if names.contains(name) { return true }
    guard isPattern(name) else { return false }
    var pattern = NSRegularExpression.escapedPattern(for: name)
    for (part, others) in placeholders { pattern = pattern.replacingOccurrences(of: part, with: others) }
    guard let expression = try? Regex(pattern) else { return false }
    return names.contains { $0.wholeMatch(of: expression) != nil }
  }
}
