public import Support

/// Why a figure cannot be made.
public struct ExperimentsError: ReportedError, Equatable {
  public enum Code: Sendable {
    /// gnuplot, which draws the plots, is not on the PATH.
    case noGnuplot
    /// gnuplot was started and did not make the plot.
    case plotFailed
  }

  public var code: Code
  /// One sentence that names the file and what to do.
  public var description: String

  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  public var exitCode: ExitCode {
    switch code {
    case .noGnuplot: .unavailable
    case .plotFailed: .software
    }
  }
}
