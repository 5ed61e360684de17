package import Engine
import Synchronization
import Threads

/// A benchmark of the engine's operations on this machine.
package struct Bench: Sendable {
  private let threads: Int
  private let seconds: Double
  private let kernels: Kernels

  /// Makes a benchmark.
  /// - Parameters:
  ///   - threads: the number of threads that do the same at the same time.
  ///   - seconds: the time for which each operation is repeated.
  ///   - kernels: what is timed.
  package init(threads: Int, seconds: Double, kernels: Kernels) {
    precondition(threads > 0 && seconds > 0)
    self.threads = threads
    self.seconds = seconds
    self.kernels = kernels
  }

  /// Times an operation on a problem with minibatches of `batch` images.
  package func run(_ operation: BenchOperation, _ problem: any InnerProblem, batch: Int) -> BenchResult {
    let kernels = kernels
    let (timed, peak) = time { thread in
      let work = BenchWork(operation, problem, batch: batch, thread: thread, kernels: kernels)
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

  /// The multiply-adds of a measurement of the peak: half a millisecond or more, so that reading the clock takes no
  /// part.
  private static let peakRounds = 250_000
  /// The share of the time that is spent on measuring the peak.
  private static let peakTime = 0.2

  private struct Timed {
    /// The median seconds of one operation.
    var median: Double
    /// The number of operations a second, all threads together.
    var perSecond: Double

    /// Computes the figures.
    /// - Parameter threads: for each thread, the seconds of every operation.
    init(_ threads: [[Double]]) {
      perSecond = threads.reduce(0) { $0 + Double($1.count) / $1.reduce(0, +) }
      let sorted = threads.joined().sorted()
      median = sorted[sorted.count / 2]
    }
  }

  /// Repeats the body that `make` gives each thread, once to warm up and then for `seconds`.
  ///
  /// A part of the time `beside` runs instead, again and again, so that whatever else the machine does slows both.
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
