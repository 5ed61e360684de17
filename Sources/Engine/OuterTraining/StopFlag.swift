import Synchronization

/// Tells threads that compute to stop at the next inner step; once set it stays set.
public final class StopFlag: Sendable {
  private let flag = Atomic(false)
  private let other: StopFlag?

  public init() { other = nil }

  /// A flag that is set where another one is, too.
  public init(following other: StopFlag) { self.other = other }

  public func set() { flag.store(true, ordering: .relaxed) }

  public var isSet: Bool { flag.load(ordering: .relaxed) || other?.isSet == true }
}
