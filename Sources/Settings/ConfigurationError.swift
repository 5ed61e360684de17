package import Files

/// An error about a configuration that cannot be used. Its description names the key by its path, and where it was set.
package typealias ConfigurationError = CodedError<ConfigurationErrorCode>

/// The kinds of ``ConfigurationError``.
package enum ConfigurationErrorCode: ErrorCode {
  /// A key has a value that is not allowed, or values do not go together.
  case invalid

  /// The code with which a tool exits that this error ends.
  package var exitCode: ExitCode { .configuration }
}

extension CodedError where Code == ConfigurationErrorCode {
  /// Makes an error with the sentence that people read.
  package init(_ description: String) { self.init(.invalid, description) }

  /// Makes an error about the value of a key.
  ///
  /// - Parameter message: says what is wrong with it, and what to do.
  package init(_ property: PartialKeyPath<Configuration>, _ message: String) { self.init(.invalid, property, message) }
}

extension CodedError {
  /// Makes an error of another module about the value of a key.
  ///
  /// - Parameter message: says what is wrong with it, and what to do.
  package init(_ code: Code, _ property: PartialKeyPath<Configuration>, _ message: String) {
    self.init(code, ConfigurationKey.of(property).path, message)
  }
}
