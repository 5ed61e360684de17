package import Files

/// Why a figure cannot be made.
package typealias ExperimentsError = CodedError<ExperimentsErrorCode>

/// The kinds of ``ExperimentsError``.
package enum ExperimentsErrorCode: ErrorCode {
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

  package var exitCode: ExitCode {
    switch self {
    case .noGnuplot: .unavailable
    case .plotFailed: .software
    case .locked: .temporary
    case .noProblem, .otherObjectives: .usage
    }
  }
}
