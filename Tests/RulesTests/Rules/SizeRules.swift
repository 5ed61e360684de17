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
}
