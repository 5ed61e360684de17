extension Rule {
  /// A folder is looked through at one glance.
  static let folders = Rule(
    name: "folders",
    violations: { tree in
      Dictionary(grouping: tree.swift.keys, by: folder(of:)).filter { $0.value.count > 25 }
        .sorted { $0.key < $1.key }
        .map { Violation(path: $0.key, line: 0, message: "\($0.value.count) Swift files, at most 25") }
    },
    planted: [
      Planted(
        Dictionary(uniqueKeysWithValues: (1...26).map { ("Sources/Engine/A\($0).swift", "") }),
        said: "Sources/Engine: 26 Swift files, at most 25")
    ])

  /// A file holds what is read together.
  static let files = Rule(
    name: "files",
    violations: { tree in
      tree.swiftFiles.compactMap { path, source in
        // The last line of a text is empty.
        let count = source.lines.last == "" ? source.lines.count - 1 : source.lines.count
        return count > 300 ? Violation(path: path, line: 0, message: "\(count) lines, at most 300") : nil
      }
    },
    planted: [
      Planted(
        [
          "Sources/Engine/A.swift": String(repeating: "\n", count: 301),
          "Sources/Engine/B.swift": String(repeating: "\n", count: 300),
        ], said: "Sources/Engine/A.swift: 301 lines, at most 300")
    ])

  /// Nothing depends on one machine, or on where its packages come from.
  static let machine = Rule(
    name: "machine",
    violations: { tree in
      tree.texts.sorted { $0.key < $1.key }.filter { !$0.key.hasPrefix("Tests/RulesTests/") }.flatMap { path, text in
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
          guard
            let found = marks.first(where: { line.contains($0) })
              ?? line.firstMatch(of: /(?:^|[^\w.$])(\/(?:home|Users)\/\w+)/).map({ String($0.1) })
          else { return nil }
          // The user of the booted test is made in it.
          if found == "/home/researcher" { return nil }
          return Violation(path: path, line: index + 1, message: "\(found) is of one machine")
        }
      }
    },
    planted: [
      Planted(
        ["scripts/test": "#!/bin/sh\ncd /work/lopt\n"], said: "scripts/test:2: /work/ is of one machine"),
      Planted(["a.py": "open('/home/me/x')\n"], said: "a.py:1: /home/me is of one machine"),
      Planted(
        ["scripts/python": "pip install --index-url https://example.org numpy\n"],
        said: "scripts/python:1: --index-url is of one machine"),
    ])

  private static let marks = [
    "/work/", "--index-url", "pypi.org", "registry.npmjs", "index.crates.io", "proxy.golang.org", "PIP_INDEX_URL",
  ]
}
