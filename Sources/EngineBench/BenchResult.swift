/// The speed of one operation of the engine on this machine.
package struct BenchResult: Codable, Sendable, Equatable {
  /// The name of the inner problem.
  package var problem: String
  /// The operation that was timed.
  package var operation: BenchOperation
  /// The number of threads that did the same at the same time, each on a task of its own.
  package var threads: Int
  /// The number of images of a minibatch.
  package var batch: Int
  /// The median milliseconds of one operation; of an unroll, of one inner step.
  package var medianMilliseconds: Double
  /// The number of operations a second, all threads together.
  package var perSecond: Double
  /// The number of operations on floats a second, in 10⁹, all threads together.
  ///
  /// A multiply-add counts as two. Those of a convolution are those of its definition, however it is computed, so that
  /// libraries can be compared by it.
  package var gflops: Double
  /// The number of operations on floats a second, in 10⁹, all threads together, in a loop of nothing but multiply-adds.
  /// It is measured in turn with the operation.
  package var peakGFLOPS: Double
  /// The multiply-adds that are executed, as a share of that peak, from 0 to 1.
  package var peakShare: Double

  enum CodingKeys: String, CodingKey {
    case problem, operation, threads, batch, gflops
    case medianMilliseconds = "median_ms"
    case perSecond = "per_second"
    case peakGFLOPS = "peak_gflops"
    case peakShare = "peak_share"
  }
}
