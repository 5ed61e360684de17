public import Engine
public import Support

/// Why a run of outer-training cannot start or go on, a given truncation cannot be computed, an evaluation
/// has nothing to do, or a model card cannot be made.
public struct TrainingError: ReportedError, Equatable {
  public enum Code: Sendable {
    /// None of the state's files is sound.
    case damagedState
    /// A folder holds no run's state.
    case missingState
    /// The file to write is there already.
    case exists
    /// A newer version of the tool wrote the state.
    case newerFormat
    /// A truncation's case is not what its documentation says.
    case wrongCase
    /// A task of an evaluation has no images to train or to validate with.
    case noImages
    /// So little room is left that nothing is written.
    case diskNearlyFull
    /// A model card, or a file that one is made from, belongs to something else than the snapshot.
    case wrongCard
    /// Which commit trained is not known.
    case unknownCommit
  }

  public var code: Code
  public var description: String
  public var exitCode: ExitCode {
    switch code {
    case .missingState: .noInput
    case .exists: .cannotCreate
    case .diskNearlyFull: .inputOutput
    case .damagedState, .newerFormat, .wrongCase, .noImages, .wrongCard: .data
    case .unknownCommit: .unavailable
    }
  }

  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}

extension EngineError: ReportedError {
  public var exitCode: ExitCode {
    switch code {
    case .unknownProblem, .unknownInstructionSet: .usage
    case .wrongShape: .data
    }
  }
}
