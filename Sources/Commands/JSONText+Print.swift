package import Files

extension JSONText {
  /// Prints a value on standard output, as a command does that is given `--json`.
  package static func print(_ value: some Encodable) throws {
    try StandardOutput.print(String(decoding: try data(value).dropLast(), as: UTF8.self))
  }
}
