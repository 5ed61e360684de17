import Foundation

extension Rule {
  /// Whatever crosses modules says in a comment what it is.
  static let documentation = Rule(
    name: "documentation",
    violations: { tree in
      tree.swiftFiles.flatMap { path, source in
        declarations(in: source).filter { $0.comment.isEmpty && !inherited.contains($0.name) }.map {
          Violation(path: path, line: $0.line, message: "\($0.access) \($0.kind) \($0.name) has no comment")
        }
      }
    },
    planted: [
      Planted(
        ["Sources/Files/A.swift": "/// A file.\n@frozen\npublic struct A {\n  package var size: Int { 0 }\n}\n"],
        said: "Sources/Files/A.swift:4: package var size has no comment"),
      Planted(
        ["Sources/Files/A.swift": "// A file.\npublic final class A {}\n"],
        said: "Sources/Files/A.swift:2: public class A has no comment"),
      Planted(
        ["Sources/Files/A.swift": "package init(_ a: Int) {}\npackage var description: String { \"\" }\n"],
        said: "Sources/Files/A.swift:1: package init init has no comment"),
    ])

  /// A comment is read alone: its first sentence is one, and no piece of one that begins with a preposition.
  static let fragments = Rule(
    name: "fragments",
    violations: { tree in
      tree.swiftFiles.flatMap { path, source in
        var result: [Violation] = []
        var isInside = false
        for (index, line) in source.lines.enumerated() {
          let text = line.trimmingCharacters(in: .whitespaces)
          let isComment = text.hasPrefix("///")
          defer { isInside = isComment }
          guard isComment, !isInside else { continue }
          var sentence = ""
          for next in source.lines[index...] {
            let trimmed = next.trimmingCharacters(in: .whitespaces)
            guard trimmed.hasPrefix("///") else { break }
            sentence += trimmed.dropFirst(3)
          }
          let first = sentence.firstMatch(of: /^(.*?[.:])(?:\s|$)/)?.1 ?? sentence[...]
          let words = first.split(separator: " ")
          // "In debug builds, it traps." is a sentence.
          if let word = words.first, prepositions.contains(String(word)), word == "Of" || !first.contains(",") {
            result.append(
              Violation(
                path: path, line: index + 1,
                message: "this comment begins in the middle: \(words.prefix(4).joined(separator: " "))"))
          }
        }
        return result
      }
    },
    planted: [
      Planted(
        [
          "Sources/Files/A.swift":
            "/// Of the file, in bytes.\nlet size = 0\n/// In debug builds, it is 0.\nlet b = 1\n"
        ],
        said: "Sources/Files/A.swift:1: this comment begins in the middle: Of the file, in")
    ])

  private static let prepositions: Set = [
    "Of", "Whose", "By", "For", "From", "With", "Without", "To", "Per", "Between", "Behind", "Beside", "Than",
  ]
  /// Declarations that fulfil a requirement of the standard library, which documents them.
  private static let inherited: Set = [
    "description", "debugDescription", "errorDescription", "testDescription", "hash", "encode", "==", "<",
  ]

  private struct Declaration {
    let line: Int
    let access: Substring
    let kind: Substring
    let name: String
    /// The lines of the comment above it.
    let comment: [Substring]
  }

  private static func declarations(in source: SwiftSource) -> [Declaration] {
    var result: [Declaration] = []
    for (index, line) in source.code.enumerated() where line.contains("public") || line.contains("package") {
      // Access, other modifiers in any order, the kind, the name.
      guard
        let match = line.firstMatch(
          of:
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:[a-z]+(?:\([a-z]+\))?\s+)*?(public|package)\s+(?:[a-z]+(?:\([a-z]+\))?\s+)*?(func|var|let|init|subscript|struct|class|enum|actor|protocol|typealias|associatedtype|macro)\b[?!]?\s*([\w]+|[=<>!+*\/&|^~-]+)?/
        )
      else { continue }
      var above = index
      // Attributes may stand between the comment and the declaration.
      while above > 0, source.lines[above - 1].trimmingCharacters(in: .whitespaces).hasPrefix("@") { above -= 1 }
      var comment: [Substring] = []
      while above > 0, source.lines[above - 1].trimmingCharacters(in: .whitespaces).hasPrefix("///") {
        above -= 1
        comment.insert(source.lines[above], at: 0)
      }
      let name = match.2 == "init" ? "init" : match.3.map(String.init) ?? String(match.2)
      // `override init` and a decoder's `init(from:)` say what their requirement says.
      if line.contains(/\boverride\b/) || line.contains(/\binit\(from decoder/) { continue }
      result.append(Declaration(line: index + 1, access: match.1, kind: match.2, name: name, comment: comment))
    }
    return result
  }
}
