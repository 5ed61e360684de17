import Synchronization

/// A flag that tells threads that compute to stop at the next inner step. Once set it stays set.
package final class StopFlag: Sendable {
  private let flag = Atomic(false)
  private let other: StopFlag?
  private let waiting = Mutex<[@Sendable () -> Void]>([])

  /// Makes a flag that is not set.
  package init() { other = nil }

  /// Makes a flag that also counts as set while another one is.
  package init(following other: StopFlag) { self.other = other }

  /// Sets the flag, from any thread.
  package func set() {
    let bodies = waiting.withLock { waiting in
      flag.store(true, ordering: .relaxed)
      defer { waiting = [] }
      return waiting
    }
    for body in bodies { body() }
  }

  /// Calls a function once, when this flag itself is set: at once where it is.
  ///
  /// - Parameter body: must be short; it is called on the thread that sets the flag.
  package func whenSet(_ body: @escaping @Sendable () -> Void) {
    let isSet = waiting.withLock { waiting in
      let isSet = flag.load(ordering: .relaxed)
      if !isSet { waiting.append(body) }
      return isSet
    }
    if isSet { body() }
  }

  /// Whether this flag, or the one that it follows, is set.
  package var isSet: Bool { flag.load(ordering: .relaxed) || other?.isSet == true }
}
