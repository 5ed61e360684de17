/// How long one operation of the engine takes on this machine.
public struct BenchResult: Codable, Sendable, Equatable {
  public var problem: String
  public var operation: BenchOperation
  /// Threads that did the same at the same time, each on a task of its own.
  public var threads: Int
  /// Images of a minibatch.
  public var batch: Int
  /// Of one operation, in milliseconds; of an unroll, of one inner step.
  public var medianMilliseconds: Double
  /// Operations a second, all threads together.
  public var perSecond: Double
  /// 10⁹ operations on floats a second, all threads together; a multiply-add counts as two.
  public var gflops: Double
  /// Of what the threads do in a loop of nothing but multiply-adds.
  public var peakShare: Double

  enum CodingKeys: String, CodingKey {
    case problem, operation, threads, batch, gflops
    case medianMilliseconds = "median_ms"
    case perSecond = "per_second"
    case peakShare = "peak_share"
  }
}
