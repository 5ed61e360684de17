import Threads

/// Threads that run truncations one after the other, each time of the worker that has waited longest, until they are
/// ended.
final class TruncationThreads: Sendable {
  /// Runs a worker's next truncation on a thread, by its number; returns false where stopped.
  typealias Body = @Sendable (_ worker: Int, _ thread: Int, _ stop: StopFlag) throws -> Bool

  /// What a thread does next.
  private enum Turn {
    /// Runs a truncation of the worker of this number.
    case worker(Int)
    /// Ends.
    case end
  }

  private struct State {
    /// The workers whose truncation no thread runs, the one that has waited longest first.
    var idle: [Int]
    /// Whether a truncation has ended that ``waitForResult()`` has not told of.
    var hasNews = false
    /// The error of the first truncation that failed.
    var failure: (any Error)?
  }

  private let state: Monitor<State>
  private let stop: StopFlag
  private let threads: ThreadGroup

  /// Starts the threads.
  ///
  /// - Parameters:
  ///   - isFull: returns whether so many results wait that no more are wanted.
  ///   - body: runs a truncation, and hands in a result where it returns true.
  init(workers: Int, threads: Int, isFull: @escaping @Sendable () -> Bool, body: @escaping Body) {
    let state = Monitor(State(idle: Array(0..<workers)))
    let stop = StopFlag()
    /// Returns what a thread does next, and waits while no worker is idle or too many results wait.
    @Sendable func nextTurn() -> Turn {
      state.wait { state -> Turn? in
        if stop.isSet { return .end }
        guard !state.idle.isEmpty, !isFull() else { return nil }
        return .worker(state.idle.removeFirst())
      }
    }
    self.state = state
    self.stop = stop
    self.threads = ThreadPool.shared.start(threads) { thread in
      while case .worker(let worker) = nextTurn() {
        let result = Result { try body(worker, thread, stop) }
        state.withLock { state in
          state.idle.append(worker)
          state.hasNews = true
          if case .failure(let error) = result {
            state.failure = state.failure ?? error
            stop.set()
          }
        }
      }
    }
  }

  /// Waits until a truncation has ended, 20 ms at most.
  /// - Throws: what a truncation threw.
  func waitForResult() throws {
    let result = state.wait(atMost: 0.02) { state -> Result<Void, any Error>? in
      if let failure = state.failure { return .failure(failure) }
      guard state.hasNews else { return nil }
      state.hasNews = false
      return .success(())
    }
    try result?.get()
  }

  /// Wakes the threads that wait because too many results did, after some were taken.
  func roomWasMade() { state.withLock { _ in } }

  /// Abandons the truncations that are running at their next inner step, and returns when all threads have ended.
  func end() {
    state.withLock { _ in stop.set() }
    threads.wait()
  }
}
