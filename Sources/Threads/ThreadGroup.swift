import Foundation

/// Threads of our own, as what computes and waits for disks does not belong on the cooperative pool.
package final class ThreadGroup {
  private let group = DispatchGroup()

  package init() {}

  /// Starts a thread that runs `body` once.
  package func start(_ body: @escaping @Sendable () -> Void) {
    group.enter()
    let thread = Thread { [group] in
      body()
      group.leave()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Waits until all have ended.
  package func wait() { group.wait() }
}
