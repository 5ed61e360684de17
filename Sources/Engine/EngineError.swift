/// What the engine refuses.
public struct EngineError: Error, CustomStringConvertible, Sendable, Equatable {
  public enum Code: Sendable { case unknownProblem, wrongShape, unknownInstructionSet }

  public var code: Code
  public var description: String

  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
