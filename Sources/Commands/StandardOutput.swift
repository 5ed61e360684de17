import Files
import Foundation

/// Standard output, on which a command prints what it was asked for.
///
/// Every write is checked, and nothing is kept back: when a function returns, the text is with the system. A result
/// that got lost would otherwise look like success.
package enum StandardOutput {
  /// Prints a value for people, or as JSON, and a newline. What is not printable, as strangers' names may have it, is
  /// written as JSON escapes it, but for newlines and tabs.
  ///
  /// - Throws: `FileError` with the exit code 74 where it cannot be written; ``ClosedPipe`` where nobody reads any more.
  package static func print(_ value: some CustomStringConvertible) throws {
    try write("\(value)".printableLines + "\n")
  }

  /// Prints text as it is, such as a path that a script takes from here.
  ///
  /// - Throws: as ``print(_:)`` does.
  package static func write(_ text: String) throws {
    do {
      try SystemCall.write(STDOUT_FILENO, Data(text.utf8), path: "standard output")
    } catch let error as FileError where error.number == EPIPE {
      throw ClosedPipe()
    } catch let error as FileError where error.number == EBADF {
      // In the place of a closed stream lies something that cannot be written, since the process began.
      throw FileError(operation: "write, as it is closed", path: error.path, number: error.number)
    }
  }
}

/// The reader of standard output has gone, as `head` does when it has seen enough: the command ends without a word.
package struct ClosedPipe: Error {}
