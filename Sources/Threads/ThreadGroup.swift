import Dispatch

/// A group of threads at work, which others can wait for.
package struct ThreadGroup: Sendable {
  private let group = DispatchGroup()

  func enter() { group.enter() }
  func leave() { group.leave() }

  /// Waits until all threads of the group are done. What their functions hold may be released a little later.
  package func wait() { group.wait() }
}
