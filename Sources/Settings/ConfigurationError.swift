package import Files

/// A configuration that cannot be used. Its description names the file, where there is one, and the key by its path.
package typealias ConfigurationError = CodedError<ConfigurationErrorCode>

/// The kinds of ``ConfigurationError``.
package enum ConfigurationErrorCode: ErrorCode {
  /// A key, or what belongs together, has a value that cannot be.
  case invalid

  /// 78, `EX_CONFIG`.
  package var exitCode: ExitCode { .configuration }
}

extension CodedError where Code == ConfigurationErrorCode {
  /// An error whose description names the key.
  package init(_ description: String) { self.init(.invalid, description) }

  /// An error about the value of a key.
  ///
  /// - Parameter message: What is wrong with it, and what to do.
  package init(_ property: PartialKeyPath<Configuration>, _ message: String) { self.init(.invalid, property, message) }
}

extension CodedError {
  /// An error about the value of a key.
  ///
  /// - Parameter message: What is wrong with it, and what to do.
  package init(_ code: Code, _ property: PartialKeyPath<Configuration>, _ message: String) {
    self.init(code, ConfigurationKey.of(property).path, message)
  }
}
