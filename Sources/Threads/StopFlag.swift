import Synchronization

/// Tells threads that compute to stop at the next inner step; once set it stays set.
package final class StopFlag: Sendable {
  private let flag = Atomic(false)
  private let other: StopFlag?

  package init() { other = nil }

  /// A flag that is set where another one is, too.
  package init(following other: StopFlag) { self.other = other }

  package func set() { flag.store(true, ordering: .relaxed) }

  package var isSet: Bool { flag.load(ordering: .relaxed) || other?.isSet == true }
}
