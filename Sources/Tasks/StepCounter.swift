import Synchronization

/// A count of inner steps, which any thread may add to. By it one sees whether a run still computes.
package final class StepCounter: Sendable {
  private let steps = Atomic(0)

  /// Makes a count of 0.
  package init() {}

  /// Adds one.
  func add() { steps.add(1, ordering: .relaxed) }

  /// The number of steps so far. Every batch of an outer-loss counts as one too.
  package var count: Int { steps.load(ordering: .relaxed) }
}
