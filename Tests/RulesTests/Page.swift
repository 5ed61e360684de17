import Foundation

/// A page in Markdown, taken apart as far as the rules ask.
struct Page: Sendable {
  /// A fenced block.
  struct Block: Sendable {
    /// The line of its fence, counted from 1.
    let line: Int
    /// The words behind the fence: the language, and how the block is marked.
    let info: [String]
    let text: String

    var language: String { info.first ?? "" }
    /// Whether it is for a shell, or for Python: what a reader may run.
    var isProgram: Bool { language == "sh" || language == "python" }
    /// How a program is marked: `run`, `boot` or `shown`.
    var mark: String { info.count > 1 ? info[1] : "" }
    /// What stands behind the mark: a name in the booted test, or the reason why it is not run.
    var remark: String { info.dropFirst(2).joined(separator: " ") }
  }

  /// A piece of text.
  struct Piece: Sendable {
    /// The line on which it begins, counted from 1.
    let line: Int
    let text: String
    /// Whether it is in the text of a link.
    var isLinked = false
  }

  /// What is inside fences.
  private(set) var blocks: [Block] = []
  /// The beginnings of code that four spaces set off, and no fence.
  private(set) var indented: [Piece] = []
  /// The targets of links and pictures.
  private(set) var links: [Piece] = []
  /// What stands between single backticks.
  private(set) var spans: [Piece] = []
  /// Prose without code and links, a piece for each line.
  private(set) var prose: [Piece] = []
  /// The names that a link can have behind `#`.
  private(set) var anchors: Set<String> = []
  /// The whole text.
  let text: String

  init(_ text: String) {
    self.text = text
    var fence: (line: Int, info: [String], text: String)?
    var paragraph: (line: Int, text: String)?
    var isInList = false
    func isItem(_ line: String) -> Bool { line.hasPrefix("- ") || line.hasPrefix("* ") || line.contains(/^\d+\.\s/) }
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let trimmed = line.trimmingCharacters(in: .whitespaces)
      if let open = fence {
        if trimmed == "```" {
          blocks.append(Block(line: open.line, info: open.info, text: open.text))
          fence = nil
        } else {
          fence?.text += line + "\n"
        }
        continue
      }
      let isFence = trimmed.hasPrefix("```")
      if isFence || trimmed.isEmpty {
        if let open = paragraph { read(open.text, from: open.line) }
        paragraph = nil
        if isFence {
          fence = (index + 1, trimmed.dropFirst(3).split(separator: " ").map(String.init), "")
        }
        continue
      }
      if !line.hasPrefix(" ") { isInList = isItem(trimmed) }
      if paragraph == nil, line.hasPrefix("    "), !isInList {
        indented.append(Piece(line: index + 1, text: trimmed))
      }
      if line.hasPrefix("#") { anchors.insert(Self.anchor(of: trimmed)) }
      paragraph = (paragraph?.line ?? index + 1, (paragraph.map { $0.text + "\n" } ?? "") + line)
    }
    if let open = paragraph { read(open.text, from: open.line) }
  }

  /// Takes apart lines that belong together: code and links may go over the end of a line.
  private mutating func read(_ text: String, from first: Int) {
    func line(of index: String.Index, in text: String) -> Int { first + text[..<index].count { $0 == "\n" } }
    // Code first, because what stands in it is no link. In its place stand as many ends of lines.
    var rest = ""
    var codes: [String] = []
    for (index, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
      if index.isMultiple(of: 2) {
        rest += part
      } else {
        rest += "¤" + part.filter { $0 == "\n" }
        codes.append(part.split { $0.isWhitespace }.joined(separator: " "))
      }
    }
    let link = /\[([^\[\]]*)\]\(([^()\s]*)\)/
    var linked: [Range<String.Index>] = []
    for match in rest.matches(of: link) {
      linked.append(match.range)
      links.append(Piece(line: line(of: match.range.lowerBound, in: rest), text: String(match.2)))
    }
    for (code, index) in zip(codes, rest.indices.filter { rest[$0] == "¤" }) {
      spans.append(
        Piece(line: line(of: index, in: rest), text: code, isLinked: linked.contains { $0.contains(index) }))
    }
    let plain = rest.replacing(link) { match in "¤" + match.0.filter { $0 == "\n" } }
    for (index, text) in plain.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      prose.append(Piece(line: first + index, text: String(text)))
    }
  }

  /// The name by which GitHub links a heading.
  static func anchor(of heading: String) -> String {
    let title = heading.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
      .replacing(/\[([^\]]*)\]\([^)]*\)/) { String($0.1) }
    return String(
      title.compactMap { character -> Character? in
        if character == " " { return "-" }
        return character.isLetter || character.isNumber || character == "-" || character == "_" ? character : nil
      })
  }
}
