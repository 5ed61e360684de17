import Foundation

/// The rule for paths that a user writes, in options, variables and configurations alike: they are taken as they are.
///
/// A shell turns `~` into a home folder only where a word begins with it, so it arrives here from `--output=~/x` and from
/// files. Foundation would expand it in some places and not in others.
package enum UserPath {
  /// Returns a sentence that refuses a path that begins with `~`; nil for any other.
  ///
  /// A name such as `~backup` is refused only where there is a user of that name.
  package static func fault(_ path: String) -> String? {
    guard path.utf8.first == UInt8(ascii: "~") else { return nil }
    let first = path.prefix { $0 != "/" }
    let rest = path.dropFirst(first.count)
    guard first == "~" || getpwnam(String(first.dropFirst())) != nil else { return nil }
    let home = first == "~" ? "$HOME\(rest)" : "the path of that user's home folder"
    return "the path \(path.printable()) begins with \(first), which no shell has expanded: write \(home), "
      + "or ./\(path.printable()) for a folder named \(first)"
  }

  /// Returns the name of a file or folder without those above it: the last part of its path. Where that is `.` or `..`, which
  /// are no names, it is the folder's own.
  package static func name(_ path: String) -> String {
    let last = URL(filePath: path).lastPathComponent
    guard [".", ".."].contains(last), let real = try? SystemCall.realPath(path) else { return last }
    return URL(filePath: real).lastPathComponent
  }
}
