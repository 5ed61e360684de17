import Synchronization

/// Tells threads that compute to stop at the next inner step; once set it stays set.
public final class StopFlag: Sendable {
  private let flag = Atomic(false)

  public init() {}

  public func set() { flag.store(true, ordering: .relaxed) }

  public var isSet: Bool { flag.load(ordering: .relaxed) }
}
