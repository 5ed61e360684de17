public import Support

/// A configuration that cannot be used: exit code 78.
public struct ConfigurationError: ReportedError, Equatable {
  /// The file, where there is one, the key by its path, and what is wrong with it.
  public var description: String
  public var exitCode: ExitCode { .configuration }

  public init(_ description: String) { self.description = description }
}
