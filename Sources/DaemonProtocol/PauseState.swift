/// The answer of ``DaemonPath/pause`` and ``DaemonPath/resume``, which says whether training is paused.
public struct PauseState: Codable, Sendable, Equatable {
  /// Whether training stands still until it is resumed.
  public var paused: Bool

  /// Makes the answer that tells whether training is paused.
  public init(paused: Bool) { self.paused = paused }
}
