import Foundation
import Threads

/// Threads that run truncations one after the other, each time of the worker that has waited longest, until they are
/// ended.
final class TruncationThreads: @unchecked Sendable {
  /// Runs a worker's next truncation on a thread, by its number; returns false where stopped.
  typealias Body = @Sendable (_ worker: Int, _ thread: Int, _ stop: StopFlag) throws -> Bool

  private let isFull: @Sendable () -> Bool
  private let body: Body
  private let stop = StopFlag()
  // Under the condition: the workers that nobody runs, the threads that have not ended, and why one failed.
  private let condition = NSCondition()
  private var idle: [Int]
  private var running: Int
  private var failure: (any Error)?

  /// Starts the threads.
  ///
  /// - Parameters:
  ///   - isFull: returns whether so many results wait that no more are wanted.
  ///   - body: runs a truncation, and hands in a result where it returns true.
  init(workers: Int, threads: Int, isFull: @escaping @Sendable () -> Bool, body: @escaping Body) {
    self.isFull = isFull
    self.body = body
    idle = Array(0..<workers)
    running = threads
    for number in 0..<threads {
      ThreadPool.shared.run { [self] in
        work(number)
      } done: { [self] in
        condition.withLock {
          running -= 1
          condition.broadcast()
        }
      }
    }
  }

  private func work(_ thread: Int) {
    while let worker = nextWorker() {
      let result = Result { try body(worker, thread, stop) }
      condition.withLock {
        idle.append(worker)
        if case .failure(let error) = result {
          failure = failure ?? error
          stop.set()
        }
        condition.broadcast()
      }
    }
  }

  /// Returns the worker that has waited longest, and waits while there is none or too many results wait; nil where the
  /// threads are to end.
  private func nextWorker() -> Int? {
    condition.withLock {
      while !stop.isSet {
        if !idle.isEmpty, !isFull() { return idle.removeFirst() }
        condition.wait()
      }
      return nil
    }
  }

  /// Waits for a result, a few milliseconds at most.
  /// - Throws: what a truncation threw.
  func waitForResult() throws {
    try condition.withLock {
      if failure == nil { _ = condition.wait(until: Date(timeIntervalSinceNow: 0.02)) }
      if let failure { throw failure }
    }
  }

  /// Wakes the threads that wait because too many results did, after some were taken.
  func roomWasMade() { condition.withLock { condition.broadcast() } }

  /// Abandons the truncations that are running at their next inner step, and returns when all threads have ended.
  func end() {
    condition.withLock {
      stop.set()
      condition.broadcast()
      while running > 0 { condition.wait() }
    }
  }
}
