import Files
import Foundation

/// The rules that hold for every word of a command line and for the variables of the environment that give paths.
enum CommandLineRules {
  /// A command line that breaks a rule.
  typealias Fault = CodedError<FaultCode>

  /// The kind of ``Fault``.
  enum FaultCode: ErrorCode {
    /// The command line, or the environment, is wrong.
    case usage

    /// The code with which a tool exits.
    var exitCode: ExitCode { .usage }
  }

  /// Checks the words of this process's command line, its variables and its working folder.
  /// - Throws: ``Fault`` where a path begins with `~`, or is not UTF-8. Swift would put other characters in place of what
  ///   is not UTF-8, and a file of another name would be read or made.
  static func check() throws {
    for (index, word) in SystemCall.arguments.enumerated() {
      let text = try text(word, "word \(index + 1) of the command line")
      if let fault = fault(inWord: text) { throw Fault(.usage, fault) }
    }
    for variable in SystemCall.variables {
      let name = String(decoding: variable.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
      guard name.hasPrefix("LOPT_") || ["HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"].contains(name) else { continue }
      let value = try text(variable.dropFirst(name.utf8.count + 1), "environment: \(name.printable())")
      if let fault = UserPath.fault(value) { throw Fault(.usage, "environment: \(name.printable()): \(fault)") }
    }
    if let folder = SystemCall.workingFolder { _ = try text(folder, "the path of the working folder") }
  }

  /// Returns bytes as text.
  /// - Throws: ``Fault`` where they are not UTF-8.
  private static func text(_ bytes: some Sequence<UInt8>, _ what: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let repaired = String(decoding: Array(bytes), as: UTF8.self).printable()
      throw Fault(.usage, "\(what), \(repaired), is not UTF-8: rename what it names")
    }
    return text
  }

  /// Returns what is wrong with the path that a word is, or that stands behind its option, key or scheme; nil for nothing.
  static func fault(inWord word: String) -> String? {
    let parts = word.split(separator: "=", maxSplits: 2, omittingEmptySubsequences: false)
    for index in parts.indices {
      // Before a path there are only options and keys: anything else is text.
      guard parts[..<index].allSatisfy({ $0.wholeMatch(of: /[A-Za-z0-9._\[\]-]+/) != nil }) else { return nil }
      let path = parts[index...].joined(separator: "=")
      if let fault = UserPath.fault(path.hasPrefix("unix:") ? String(path.dropFirst("unix:".count)) : path) {
        return fault
      }
    }
    return nil
  }
}
