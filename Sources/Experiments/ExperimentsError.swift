package import Files

/// An error that keeps a figure from being made.
package typealias ExperimentsError = CodedError<ExperimentsErrorCode>

/// The kinds of ``ExperimentsError``.
package enum ExperimentsErrorCode: ErrorCode {
  /// gnuplot, which draws the plots, is not on the PATH.
  case noGnuplot
  /// gnuplot was started and did not make the plot.
  case plotFailed
  /// Another process computes the same figure.
  case locked
  /// No inner problem takes images of the data set's shape.
  case noProblem
  /// Two snapshots were given that are not one of each objective, in their order.
  case otherObjectives

  /// The code with which a tool exits that this error ends.
  package var exitCode: ExitCode {
    switch self {
    case .noGnuplot: .unavailable
    case .plotFailed: .software
    case .locked: .temporary
    case .noProblem, .otherObjectives: .usage
    }
  }
}
