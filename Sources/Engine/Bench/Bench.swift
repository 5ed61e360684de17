import Synchronization

/// Times the engine's operations on this machine.
public struct Bench: Sendable {
  private let threads: Int
  private let seconds: Double
  /// 10⁹ operations on floats a second, by all threads together, of nothing but multiply-adds.
  public let peakGFLOPS: Double

  /// Measures the peak.
  ///
  /// - Parameters:
  ///   - threads: how many do the same at the same time.
  ///   - seconds: how long each operation is repeated.
  public init(threads: Int, seconds: Double) {
    precondition(threads > 0 && seconds > 0)
    self.threads = threads
    self.seconds = seconds
    let kernels = Kernels.current
    let rounds = 100_000
    let timed = Self.time(threads: threads, seconds: seconds) { _ in { _ = kernels.multiplyAdds(rounds: rounds) } }
    peakGFLOPS = timed.perSecond * Double(2 * kernels.multiplyAdds(rounds: rounds)) / 1e9
  }

  public func run(_ operation: BenchOperation, _ problem: any InnerProblem, batch: Int) -> BenchResult {
    let timed = Self.time(threads: threads, seconds: seconds) { thread in
      let work = BenchWork(operation, problem, batch: batch, thread: thread)
      return work.run
    }
    let count = operation.isUnroll ? Double(BenchWork.length) : 1
    let multiplyAdds = operation.multiplyAdds(problem, Architecture(), batch: batch)
    let perSecond = timed.perSecond * count
    let gflops = perSecond * Double(2 * multiplyAdds) / 1e9
    return BenchResult(
      problem: problem.name, operation: operation, threads: threads, batch: batch,
      medianMilliseconds: timed.median * 1000 / count, perSecond: perSecond, gflops: gflops,
      peakShare: gflops / peakGFLOPS)
  }

  private struct Timed {
    /// Seconds of one.
    var median: Double
    /// All threads together.
    var perSecond: Double
  }

  /// Repeats what `make` gives each thread, once to warm up and then for `seconds`.
  private static func time(
    threads: Int, seconds: Double, _ make: @escaping @Sendable (_ thread: Int) -> () -> Void
  ) -> Timed {
    let all = Mutex<[[Double]]>([])
    Threads.forEach(threads, threads: threads) { _, thread in
      let body = make(thread)
      body()
      var times: [Double] = []
      let clock = ContinuousClock()
      let end = clock.now + .seconds(seconds)
      var last = clock.now
      repeat {
        body()
        let now = clock.now
        times.append((now - last) / .seconds(1))
        last = now
      } while last < end
      all.withLock { $0.append(times) }
    }
    return all.withLock { all in
      let perSecond = all.reduce(0) { $0 + Double($1.count) / $1.reduce(0, +) }
      let sorted = all.joined().sorted()
      return Timed(median: sorted[sorted.count / 2], perSecond: perSecond)
    }
  }
}
