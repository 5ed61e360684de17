import Foundation
import TestSupport

/// The texts of a repository by path, as the rules look at them: the real ones, or a few that a test has planted.
struct Tree: Sendable {
  /// What is in each text file, by its path from the top folder.
  let texts: [String: String]
  /// Every file, and every folder that one lies in.
  let paths: Set<String>
  /// The Swift files, by path.
  let swift: [String: SwiftSource]
  /// The Markdown files, by path.
  let pages: [String: Page]

  /// The beginning of paths that only the machine has on which the tree lies; empty where that is not known.
  let place: String

  /// A tree of these texts, and of other files of which only the names count.
  init(_ texts: [String: String], others: [String] = [], place: String = "") {
    self.texts = texts
    self.place = place
    var paths = Set<String>()
    for file in Array(texts.keys) + others {
      let parts = file.split(separator: "/")
      for count in parts.indices { paths.insert(parts[...count].joined(separator: "/")) }
    }
    self.paths = paths
    swift = texts.filter { $0.key.hasSuffix(".swift") }.mapValues(SwiftSource.init)
    pages = texts.filter { $0.key.hasSuffix(".md") }.mapValues(Page.init)
  }

  /// The checkout that the tests run in: the files that git tracks or would add, as `scripts/lint` sees them.
  static let checkout = Result {
    let lister = Repository.root.appending(path: "Tools/lint/files")
    let listed = try ToolProcess(
      executable: URL(filePath: "/bin/sh"), ["-c", "cd \"$1\" && \"$2\" '*'", "sh", Repository.root.path, lister.path]
    ).wait()
    let files = listed.output.split(separator: "\0").map { $0.hasPrefix("./") ? String($0.dropFirst(2)) : String($0) }
    var texts: [String: String] = [:]
    for file in files {
      let content = try Data(contentsOf: Repository.root.appending(path: file))
      // A file with a zero byte, or one that is not UTF-8, is no text.
      guard !content.prefix(8_192).contains(0), let text = String(data: content, encoding: .utf8) else { continue }
      texts[file] = text
    }
    return Tree(texts, others: files, place: place)
  }

  /// The first folder of the checkout's path; the whole path where the first is one that every Linux has.
  private static var place: String {
    let root = Repository.root.path
    let common: Set = ["home", "root", "tmp", "srv", "opt", "usr", "var", "mnt", "media", "run", "data"]
    guard let first = root.split(separator: "/").first else { return "" }
    return common.contains(String(first)) ? "\(root)/" : "/\(first)/"
  }

  /// The Swift files in the order of their paths.
  var swiftFiles: [(path: String, source: SwiftSource)] { swift.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
  /// The pages in the order of their paths.
  var sortedPages: [(path: String, page: Page)] { pages.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
}

/// The folder that a path's file lies in; empty for the top folder.
func folder(of path: String) -> String { path.split(separator: "/").dropLast().joined(separator: "/") }

/// The name of the file at a path.
func fileName(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

/// A place where a rule is not kept.
struct Violation: Hashable, CustomStringConvertible, Sendable {
  let path: String
  /// Counted from 1; 0 where the whole file is meant.
  let line: Int
  let message: String

  var description: String { line == 0 ? "\(path): \(message)" : "\(path):\(line): \(message)" }
}
