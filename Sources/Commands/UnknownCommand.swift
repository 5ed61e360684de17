import ArgumentParser
import Files

/// The words of a command line that stand where a subcommand must, but are none.
enum UnknownCommand {
  /// Returns a sentence about the first such word: what was meant, and what there is; nil where there is none.
  ///
  /// - Parameter words: the command line without the tool's name.
  static func fault(in words: [String], of root: any ParsableCommand.Type) -> String? {
    var (command, path) = (root, root._commandName)
    for word in words {
      let subcommands = command.configuration.subcommands
      guard !subcommands.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
      guard let next = subcommands.first(where: { $0._commandName == word }) else {
        let names = subcommands.map { $0._commandName }
        // A number that is near another is not a slip of the finger.
        let near = word.allSatisfy(\.isNumber) ? nil : Spelling.nearest(word, among: names)
        return "there is no \(path) \(word.printable(upTo: 40)): "
          + (near.map { "did you mean \($0)? " } ?? "") + "there are \(names.joined(separator: ", "))"
      }
      (command, path) = (next, "\(path) \(word)")
    }
    return nil
  }
}
