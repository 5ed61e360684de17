import Foundation

/// Work that several threads do and that comes out in the order in which it went in.
///
/// One thread puts inputs in and waits while those on the way hold too many bytes; any number of threads work; one
/// takes the outputs. Where one of them fails, all of them end.
final class OrderedWork<Input: Sendable, Output: Sendable>: @unchecked Sendable {  // Guarded by `condition`.
  /// Thrown to whoever goes on when another one has stopped.
  struct Stopped: Error {}

  private struct Job {
    var input: Input?
    var output: Output?
    var bytes: Int
  }

  private let condition = NSCondition()
  private let byteLimit: Int
  /// What is on the way, by its number.
  private var jobs: [Int: Job] = [:]
  private var bytes = 0
  /// Numbers of the next job to be put, to be worked on, and to be taken.
  private var (put, started, taken) = (0, 0, 0)
  private var isStopped = false
  /// Whether no more is put, and why.
  private var end: Result<Void, any Error>?

  /// - Parameter byteLimit: what inputs on the way may hold; one is let in whatever it holds.
  init(byteLimit: Int) { self.byteLimit = byteLimit }

  /// Puts an input in that holds `bytes` until its output is taken. Waits for room.
  func put(_ input: Input, bytes cost: Int) throws {
    try condition.withLock {
      while !isStopped, bytes > 0, bytes + cost > byteLimit { condition.wait() }
      if isStopped { throw Stopped() }
      jobs[put] = Job(input: input, bytes: cost)
      bytes += cost
      put += 1
      condition.broadcast()
    }
  }

  /// Says that no more is put; an error is thrown to the taker after the last output.
  func finish(_ result: Result<Void, any Error>) {
    condition.withLock {
      end = result
      condition.broadcast()
    }
  }

  /// Turns inputs into outputs until there is none left.
  func work(_ transform: (Input) -> Output) {
    while let (number, input) = nextInput() {
      let output = transform(input)
      condition.withLock {
        jobs[number]?.output = output
        if number == taken { condition.broadcast() }
      }
    }
  }

  private func nextInput() -> (Int, Input)? {
    condition.withLock {
      while !isStopped, end == nil, started == put { condition.wait() }
      guard !isStopped, started < put, let input = jobs[started]?.input else { return nil }
      defer { started += 1 }
      jobs[started]?.input = nil
      return (started, input)
    }
  }

  /// The next output in the order of the inputs; nil after the last.
  func take() throws -> Output? {
    try condition.withLock {
      while true {
        if isStopped { throw Stopped() }
        if let job = jobs[taken], let output = job.output {
          jobs[taken] = nil
          taken += 1
          bytes -= job.bytes
          condition.broadcast()
          return output
        }
        if taken == put, let end {
          try end.get()
          return nil
        }
        condition.wait()
      }
    }
  }

  /// Ends everyone.
  func stop() {
    condition.withLock {
      isStopped = true
      condition.broadcast()
    }
  }
}
