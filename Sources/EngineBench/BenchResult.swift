/// How long one operation of the engine takes on this machine.
package struct BenchResult: Codable, Sendable, Equatable {
  package var problem: String
  package var operation: BenchOperation
  /// Threads that did the same at the same time, each on a task of its own.
  package var threads: Int
  /// Images of a minibatch.
  package var batch: Int
  /// Of one operation, in milliseconds; of an unroll, of one inner step.
  package var medianMilliseconds: Double
  /// Operations a second, all threads together.
  package var perSecond: Double
  /// 10⁹ operations on floats a second, all threads together; a multiply-add counts as two, and those of a convolution
  /// are those of its definition, however it is computed: libraries can be compared by it.
  package var gflops: Double
  /// 10⁹ operations on floats a second, all threads together, in a loop of nothing but multiply-adds, measured in turn
  /// with the operation.
  package var peakGFLOPS: Double
  /// The multiply-adds that are executed, as a share of that peak.
  package var peakShare: Double

  enum CodingKeys: String, CodingKey {
    case problem, operation, threads, batch, gflops
    case medianMilliseconds = "median_ms"
    case perSecond = "per_second"
    case peakGFLOPS = "peak_gflops"
    case peakShare = "peak_share"
  }
}
