package import Engine
import Synchronization
import Threads

/// Times the engine's operations on this machine.
package struct Bench: Sendable {
  private let threads: Int
  private let seconds: Double

  /// - Parameters:
  ///   - threads: how many do the same at the same time.
  ///   - seconds: how long each operation is repeated.
  package init(threads: Int, seconds: Double) {
    precondition(threads > 0 && seconds > 0)
    self.threads = threads
    self.seconds = seconds
  }

  package func run(_ operation: BenchOperation, _ problem: any InnerProblem, batch: Int) -> BenchResult {
    let kernels = Kernels.current
    let (timed, peak) = time { thread in
      let work = BenchWork(operation, problem, batch: batch, thread: thread)
      return work.run
    } beside: {
      _ = kernels.multiplyAdds(rounds: Self.peakRounds)
    }
    let count = operation.isUnroll ? Double(BenchWork.length) : 1
    let perSecond = timed.perSecond * count
    func gflops(_ multiplyAdds: Int, _ perSecond: Double) -> Double { perSecond * Double(2 * multiplyAdds) / 1e9 }
    let defined = operation.multiplyAdds(problem, Architecture(), batch: batch)
    let executed = operation.multiplyAdds(problem, Architecture(), batch: batch) { $0.executedMultiplyAdds }
    let peakGFLOPS = gflops(kernels.multiplyAdds(rounds: Self.peakRounds), peak.perSecond)
    return BenchResult(
      problem: problem.name, operation: operation, threads: threads, batch: batch,
      medianMilliseconds: timed.median * 1000 / count, perSecond: perSecond, gflops: gflops(defined, perSecond),
      peakGFLOPS: peakGFLOPS, peakShare: gflops(executed, perSecond) / peakGFLOPS)
  }

  /// Half a millisecond or more, beside which reading the clock is nothing.
  private static let peakRounds = 250_000
  /// The peak has this share of the time.
  private static let peakTime = 0.2

  private struct Timed {
    /// Seconds of one.
    var median: Double
    /// All threads together.
    var perSecond: Double

    /// - Parameter threads: of each thread, the seconds of every one.
    init(_ threads: [[Double]]) {
      perSecond = threads.reduce(0) { $0 + Double($1.count) / $1.reduce(0, +) }
      let sorted = threads.joined().sorted()
      median = sorted[sorted.count / 2]
    }
  }

  /// Repeats what `make` gives each thread, once to warm up and then for `seconds`; a part of the time `beside` runs
  /// instead, again and again, so that whatever else the machine does meanwhile slows both.
  private func time(
    _ make: @escaping @Sendable (_ thread: Int) -> () -> Void, beside: @escaping @Sendable () -> Void
  ) -> (Timed, beside: Timed) {
    let all = Mutex<[(own: [Double], beside: [Double])]>([])
    let seconds = seconds
    Threads.forEach(threads, threads: threads) { _, thread in
      let body = make(thread)
      body()
      beside()
      var (own, other) = ([Double](), [Double]())
      var (ownTime, otherTime) = (0.0, 0.0)
      let clock = ContinuousClock()
      var last = clock.now
      func lap() -> Double {
        let now = clock.now
        defer { last = now }
        return (now - last) / .seconds(1)
      }
      repeat {
        body()
        own.append(lap())
        ownTime += own[own.count - 1]
        while otherTime < Self.peakTime * ownTime {
          beside()
          other.append(lap())
          otherTime += other[other.count - 1]
        }
      } while ownTime + otherTime < seconds
      all.withLock { $0.append((own, other)) }
    }
    return all.withLock { (Timed($0.map(\.own)), Timed($0.map(\.beside))) }
  }
}
