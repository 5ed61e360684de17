package import Foundation

/// A text file that a person, or a program on any system, wrote. It is read once, so that it may be a pipe.
///
/// A byte order mark at the beginning is no part of the text. The encoding is UTF-8, or the UTF-16 that the mark tells of,
/// as Windows writes it. A line ends with `\n`, `\r\n` or `\r`.
package struct TextFile: Sendable {
  /// A line with its number.
  package struct Line: Sendable, Equatable {
    /// The number of the line in the file, from 1.
    package var number: Int
    /// The text, without white space around it.
    package var text: String
  }

  /// The path by which the file was named.
  package let path: String
  /// The SHA-256 of the file's bytes.
  package let sha256: String
  /// The whole text.
  package let text: String

  /// Reads a file.
  /// - Parameter most: the most bytes that it may have.
  /// - Throws: ``FileError`` where it cannot be read, ``TextFileError`` where it is no text.
  package init(_ url: URL, atMost most: Int = FileReading.mostOfText) throws {
    let data = try FileReading.data(url, atMost: most)
    path = url.path
    sha256 = Digest.sha256(data)
    text = try Self.decoded(data, path: url.path)
  }

  /// The lines that are not empty.
  package var lines: [Line] {
    text.split(omittingEmptySubsequences: false) { ["\n", "\r\n", "\r"].contains($0) }.enumerated()
      .map { Line(number: $0 + 1, text: $1.trimmingCharacters(in: .whitespacesAndNewlines)) }
      .filter { !$0.text.isEmpty }
  }

  /// Returns the text of bytes.
  /// - Throws: ``TextFileError`` that names the first line that is not UTF-8.
  private static func decoded(_ data: Data, path: String) throws -> String {
    let hasWideMark = data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF])
    if hasWideMark, let text = String(data: data, encoding: .utf16) { return withoutMark(text) }
    guard let text = String(validating: data, as: UTF8.self) else {
      let sound = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        .prefix { String(validating: $0, as: UTF8.self) != nil }
      throw TextFileError(.notText, path, "line \(sound.count + 1) is not UTF-8: save it as UTF-8 text")
    }
    guard !text.unicodeScalars.contains("\0") else {
      throw TextFileError(.notText, path, "holds zero bytes, which no text has: give a text file")
    }
    return withoutMark(text)
  }

  private static func withoutMark(_ text: String) -> String {
    text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
  }
}

/// An error about a text file; its sentence begins with the file's path.
package typealias TextFileError = CodedError<TextFileErrorCode>

/// The kinds of ``TextFileError``.
package enum TextFileErrorCode: ErrorCode {
  /// The bytes are no text.
  case notText

  /// The code with which a tool exits.
  package var exitCode: ExitCode { .data }
}
