import Testing

/// A rule of the house that a program can keep.
struct Rule: Sendable, CustomTestStringConvertible {
  /// The word for it in `exceptions.txt`.
  let name: String
  /// Everything in a tree that breaks it.
  let violations: @Sendable (Tree) -> [Violation]
  /// Trees that break it once each, with what is said of that.
  let planted: [Planted]

  /// A tree in which somebody has broken a rule once.
  struct Planted: Sendable {
    let tree: Tree
    /// The one violation, as it is printed.
    let said: String

    init(_ texts: [String: String], place: String = "", said: String) {
      tree = Tree(texts, place: place)
      self.said = said
    }
  }

  var testDescription: String { name }

  static let all: [Rule] =
    [.imports, .engine, .systemCalls, .threads, .documentation, .fragments]
    + [.links, .packaged, .index, .mentions, .paths, .types]
    + [.commands, .keys, .routes, .metrics]
    + [.folders, .files, .machine, .blocks]
}
