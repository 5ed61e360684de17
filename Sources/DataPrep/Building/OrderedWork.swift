import Foundation

/// Work that several threads do and that comes out in the order in which it went in.
///
/// One thread puts inputs in and waits while those on the way hold too many bytes; any number of threads work; one
/// takes the outputs. Where one of them fails, all of them end.
///
/// Waking a thread takes as long as a twentieth of a picture: whoever works takes several inputs where they are there, and
/// nobody is woken in vain.
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
  /// A thread takes inputs up to this at once, and the one that puts them goes on when so much is free.
  private var pieceBytes: Int { max(byteLimit / 32, 1) }
  /// The jobs on the way, by their numbers.
  private var jobs: [Int: Job] = [:]
  private var bytes = 0
  /// Numbers of the next job to be put, to be worked on, and to be taken.
  private var (put, started, taken) = (0, 0, 0)
  /// Threads that wait for an input.
  private var idle = 0
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
      if idle > 0 { condition.broadcast() }
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
    while let (first, inputs) = nextInputs() {
      let outputs = inputs.map(transform)
      condition.withLock {
        for (offset, output) in outputs.enumerated() { jobs[first + offset]?.output = output }
        if first == taken { condition.broadcast() }
      }
    }
  }

  /// Inputs that follow one another, and the number of the first.
  private func nextInputs() -> (first: Int, [Input])? {
    condition.withLock {
      idle += 1
      while !isStopped, end == nil, started == put { condition.wait() }
      idle -= 1
      guard !isStopped, started < put else { return nil }
      let first = started
      var inputs: [Input] = []
      var piece = 0
      while piece < pieceBytes, let job = jobs[started], let input = job.input {
        inputs.append(input)
        piece += job.bytes
        jobs[started]?.input = nil
        started += 1
      }
      return (first, inputs)
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
          if bytes <= byteLimit - pieceBytes { condition.broadcast() }
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
