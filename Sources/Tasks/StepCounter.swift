import Synchronization

/// Counts inner steps as they are made, by any thread: whether a run still computes is seen by it.
package final class StepCounter: Sendable {
  private let steps = Atomic(0)

  package init() {}

  func add() { steps.add(1, ordering: .relaxed) }

  /// The steps so far; with every batch of an outer-loss counted as one.
  package var count: Int { steps.load(ordering: .relaxed) }
}
