import AllocationCount
import TestSupport
import Testing

@testable import Engine

@Suite struct AllocationTests {
  /// An object, as the images of shards are: a struct of more than three words is copied to the heap to be passed on.
  private final class Images: BatchSource {
    private let task: SyntheticTask
    var shape: ImageShape { task.shape }

    init(shape: ImageShape) { task = SyntheticTask(shape: shape) }

    func fill(_ batch: inout Batch, for use: BatchUse, step: Int) { task.fill(&batch, for: use, step: step) }
  }

  /// The allocations of an unroll of `length` steps that has run before.
  static func allocations(_ unroll: Unroll, length: Int, reverse: Bool, theta: [Float]) -> Int {
    let images = Images(shape: unroll.problem.shape)
    var inner = unroll.problem.initialParameters(seed: 1, index: 0, 0)
    inner += [Float](repeating: 0, count: 10 * inner.count)
    let before = allocation_count()
    _ = unroll.run(theta: theta, inner: &inner, firstStep: 0, length: length, images: images, reverse: reverse)
    return allocation_count() - before
  }

  @Test(
    "the inner steps of an unroll allocate nothing: 90 of them as little as 20, with back-propagation too",
    .enabled(if: allocation_count() >= 0, "a sanitizer has the allocator"),
    arguments: ["tiny", "tiny convolutions", "conv3x16@9"],
    [(0, Unroll.defaultSegmentBytes), (2, Unroll.defaultSegmentBytes), (0, 0)])
  func unroll(name: String, settings: (freshBatches: Int, segmentBytes: Int)) throws {
    // The last one's convolution of stride 1 is Winograd's; without memory for a segment, steps are replayed.
    let problem: any InnerProblem =
      switch name {
      case "tiny": tinyProblem
      case "tiny convolutions": tinyConvNet
      default: try InnerProblems.named(name)
      }
    let architecture = Architecture()
    let theta = architecture.initialTheta(seed: 1)
    let unroll = Unroll(
      problem: problem, architecture: architecture, batch: 4,
      counted: CountedLoss(freshBatches: settings.freshBatches, objective: .train, clip: 10),
      kernels: .forTests, segmentBytes: settings.segmentBytes)
    for reverse in [false, true] {
      _ = Self.allocations(unroll, length: 90, reverse: reverse, theta: theta)
      let long = Self.allocations(unroll, length: 90, reverse: reverse, theta: theta)
      #expect(long == Self.allocations(unroll, length: 20, reverse: reverse, theta: theta))
      #expect(long > 0, "the result has arrays of its own")
    }
  }
}
