import Synchronization
import TestSupport
import Testing

@testable import Engine

/// Which states an unroll keeps is a matter of memory and time alone.
@Suite struct UnrollSegmentTests {
  private struct Found: Equatable {
    var losses: [Float]
    var steps: Int
    var gradient: [Float]
    var inner: [Float]
  }

  private func run(
    length: Int, segmentBytes: Int?, reverse: Bool = true,
    images: any BatchSource = SyntheticTask(shape: tinyProblem.shape, seed: 3)
  ) throws -> Found {
    var architecture = Architecture()
    architecture.hiddenUnits = 4
    let counted = CountedLoss(freshBatches: 1, objective: .train, clip: 10)
    let unroll =
      if let segmentBytes {
        Unroll(
          problem: tinyProblem, architecture: architecture, batch: 5, counted: counted, kernels: .forTests,
          segmentBytes: segmentBytes)
      } else {
        Unroll(problem: tinyProblem, architecture: architecture, batch: 5, counted: counted, kernels: .forTests)
      }
    var inner = tinyProblem.initialParameters(seed: 1)
    inner += [Float](repeating: 0, count: 2 * architecture.betas.count * inner.count)
    let result = try #require(
      unroll.run(
        theta: architecture.initialTheta(seed: 2), inner: &inner, firstStep: 0, length: length,
        images: images, reverse: reverse))
    return Found(losses: result.losses, steps: result.steps, gradient: result.gradient, inner: inner)
  }

  /// Bytes of so many states.
  private func bytes(states: Int) -> Int {
    states * MemoryLayout<Float>.stride
      * InnerState.floats(count: tinyProblem.layout.count, betas: Architecture().betas.count)
  }

  @Test(
    "however many states are kept, losses, gradient and last state are the same, to the last bit",
    arguments: [1, 2, 9, 23])
  func segments(length: Int) throws {
    let whole = try run(length: length, segmentBytes: nil)
    #expect(whole.gradient.contains { $0 != 0 })
    for states in [0, 1, 4, 7, 23] {
      #expect(try run(length: length, segmentBytes: bytes(states: states)) == whole, "\(states)")
    }
    let forward = try run(length: length, segmentBytes: nil, reverse: false)
    #expect(forward.losses == whole.losses && forward.inner == whole.inner)
  }

  @Test(
    "a step is computed once, again where its state was not kept, and a last time by back-propagation",
    arguments: [(0, 3), (23, 2)])
  func replays(states: Int, most: Int) throws {
    let images = CountingImages(SyntheticTask(shape: tinyProblem.shape, seed: 3))
    _ = try run(length: 23, segmentBytes: bytes(states: states), images: images)
    let counts = images.counts.withLock { $0 }
    #expect(Set(counts.keys) == Set(0..<23) && counts.values.max() == most)
    // The last segment's states are there: five segments of five, the last of three.
    #expect(counts.values.count { $0 == 2 } == (states == 0 ? 3 : 23))
  }

  @Test("back-propagation through 10,000 steps keeps about 2 √K states, for conv3x32 less than 200 MB")
  func memory() throws {
    let problem = try InnerProblems.named("conv3x32")
    let betas = Architecture().betas.count
    let state = MemoryLayout<Float>.stride * InnerState.floats(count: problem.layout.count, betas: betas)
    let images = SyntheticTask(shape: tinyProblem.shape, seed: 3)
    // Steps of the tiny problem, but segments of as many as conv3x32 has.
    let unroll = Unroll(
      problem: tinyProblem, architecture: Architecture(), batch: 1,
      counted: CountedLoss(freshBatches: 0, objective: .train, clip: 10),
      kernels: .forTests, segmentBytes: bytes(states: Unroll.defaultSegmentBytes / state))
    var inner = tinyProblem.initialParameters(seed: 1)
    inner += [Float](repeating: 0, count: 2 * betas * inner.count)
    _ = unroll.run(
      theta: Architecture().initialTheta(seed: 2), inner: &inner, firstStep: 0, length: 10_000, images: images,
      reverse: true)
    #expect((200...210).contains(unroll.statesKept) && unroll.statesKept * state < 200_000_000)
  }

  @Test(
    "wherever in a segment an unroll diverges, by its loss or an update that is not finite, the result is the same",
    arguments: [0, 1, 6, 20], [Float.nan, 1e25])
  func divergence(after steps: Int, pixel: Float) throws {
    let images = ImagesUpTo(images: SyntheticTask(shape: tinyProblem.shape, seed: 3), steps: steps, then: pixel)
    let whole = try run(length: 24, segmentBytes: nil, images: images)
    #expect(whole.steps == steps && whole.gradient.contains { $0 != 0 } == (steps > 0))
    for states in 0...24 {
      let found = try run(length: 24, segmentBytes: bytes(states: states), images: images)
      #expect(found == whole, "\(states)")
    }
  }
}

/// The images of a task, but from a step on every pixel is the same: not a number, or one whose square overflows.
private struct ImagesUpTo: BatchSource {
  var images: any BatchSource
  var steps: Int
  var then: Float
  var shape: ImageShape { images.shape }

  func fill(_ batch: inout Batch, for use: BatchUse, step: Int) {
    images.fill(&batch, for: use, step: step)
    guard step >= steps else { return }
    for pixel in batch.pixels.indices { batch.pixels[pixel] = then }
  }
}

/// Counts how often each step's minibatch is asked for: once for each time that the step is computed.
private final class CountingImages: BatchSource {
  private let images: any BatchSource
  let counts = Mutex<[Int: Int]>([:])
  var shape: ImageShape { images.shape }

  init(_ images: any BatchSource) { self.images = images }

  func fill(_ batch: inout Batch, for use: BatchUse, step: Int) {
    images.fill(&batch, for: use, step: step)
    if case .inner = use { counts.withLock { $0[step, default: 0] += 1 } }
  }
}
