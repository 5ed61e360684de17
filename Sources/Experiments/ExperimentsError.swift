public import Support

/// Why a figure cannot be made.
public struct ExperimentsError: ReportedError, Equatable {
  public enum Code: Sendable {
    /// gnuplot, which draws the plots, is not on the PATH.
    case noGnuplot
    /// gnuplot was started and did not make the plot.
    case plotFailed
    /// Another process computes the same.
    case locked
    /// No inner problem takes images of the data set's shape.
    case noProblem
    /// Two snapshots that are not one of each objective, in their order.
    case otherObjectives
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
    case .locked: .temporary
    case .noProblem, .otherObjectives: .usage
    }
  }
}
