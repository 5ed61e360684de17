import Dispatch

/// Threads at work, for whoever waits until they are done.
package struct ThreadGroup: Sendable {
  private let group = DispatchGroup()

  func enter() { group.enter() }
  func leave() { group.leave() }

  /// Returns when all are done. What their functions hold may be released a little later.
  package func wait() { group.wait() }
}
