package import Files

/// A configuration that cannot be used. Its description names the file, where there is one, and the key by its path.
package typealias ConfigurationError = CodedError<ConfigurationErrorCode>

/// The kinds of ``ConfigurationError``.
package enum ConfigurationErrorCode: ErrorCode {
  /// A key, or what belongs together, has a value that cannot be.
  case invalid

  package var exitCode: ExitCode { .configuration }
}

extension CodedError where Code == ConfigurationErrorCode {
  package init(_ description: String) { self.init(.invalid, description) }
}
