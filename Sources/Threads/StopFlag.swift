import Synchronization

/// A flag that tells threads that compute to stop at the next inner step. Once set it stays set.
package final class StopFlag: Sendable {
  private let flag = Atomic(false)
  private let other: StopFlag?

  /// Makes a flag that is not set.
  package init() { other = nil }

  /// Makes a flag that also counts as set while another one is.
  package init(following other: StopFlag) { self.other = other }

  /// Sets the flag, from any thread.
  package func set() { flag.store(true, ordering: .relaxed) }

  /// Whether this flag, or the one that it follows, is set.
  package var isSet: Bool { flag.load(ordering: .relaxed) || other?.isSet == true }
}
