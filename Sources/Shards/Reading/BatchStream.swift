import Randomness
import Synchronization
import Threads

/// The minibatches of a task, by number: images drawn uniformly, with replacement, from all of a split
/// (Documentation/method.md#tasks-and-minibatches).
///
/// Batch k is a pure function of the dataset, the task, the seed, the indices and k. So both members of an antithetic
/// pair, a replay, a restart and another machine see the same. Any thread may ask for any batch. Where batches are
/// asked for one after the other, a thread of its own has gathered the next ones already.
public final class BatchStream: Sendable {
  /// The number of images of a batch.
  public let size: Int

  private let task: TaskImages
  private let split: ImageSplit
  private let scaling: PixelScaling
  private let seed: UInt64
  private let indices: [UInt64]
  private let ahead: Int
  private let gathered = Mutex(Gathered())

  private struct Batch {
    var pixels: [Float]
    var labels: [Int32]
  }

  private struct Gathered {
    var ready: [Int: Batch] = [:]
    /// The numbers of the batches that are being gathered.
    var pending: Set<Int> = []
    /// The memory of batches that were handed out, to be used again.
    var spare: [Batch] = []
  }

  /// The thread on which batches are gathered ahead, one after the other.
  private static let gatherer = SerialThread(named: "batches")

  /// The bytes of a batch from which gathering it ahead is worth the way from one thread to another.
  private static let worthAThread = 256 << 10

  /// Makes a stream over a task's images.
  /// - Parameters:
  ///   - task: the images of the task's classes.
  ///   - split: the images to draw from; it has some.
  ///   - size: images of a batch.
  ///   - scaling: how the stored pixels become numbers.
  ///   - seed: the seed of all draws.
  ///   - indices: the numbers that tell these batches from those of other streams of the seed, for example worker, draw
  ///     and use.
  ///   - ahead: how many batches after the last one asked for are gathered.
  public init(
    _ task: TaskImages, split: ImageSplit, size: Int, scaling: PixelScaling, seed: UInt64, indices: [UInt64],
    ahead: Int = 2
  ) {
    precondition(task.count(of: split) > 0, "the split has images")
    precondition(size > 0)
    self.task = task
    self.split = split
    self.size = size
    self.scaling = scaling
    self.seed = seed
    self.indices = indices
    self.ahead = size * scaling.scales.count * 4 < Self.worthAThread ? 0 : ahead
  }

  /// Fills in batch `number`.
  ///
  /// - Parameters:
  ///   - number: the number of the batch, from 0.
  ///   - pixels: [batch, height, width, channels], scaled; its memory is exchanged or filled.
  ///   - labels: [batch]; a label is the class's position in the task.
  public func batch(_ number: Int, pixels: inout [Float], labels: inout [Int32]) {
    precondition(labels.count == size && pixels.count == size * scaling.scales.count)
    if ahead == 0 { return gather(number, &pixels, &labels) }
    let wasReady = gathered.withLock { gathered in
      gathered.pending.remove(number)
      guard var batch = gathered.ready.removeValue(forKey: number) else { return false }
      swap(&batch.pixels, &pixels)
      swap(&batch.labels, &labels)
      gathered.spare.append(batch)
      return true
    }
    if !wasReady { gather(number, &pixels, &labels) }
    prepare(number + 1...number + ahead)
  }

  private func gather(_ number: Int, _ pixels: inout [Float], _ labels: inout [Int32]) {
    var random = RandomStream(seed: seed, purpose: .batch, indices: indices + [UInt64(number)])
    task.fill(pixels: &pixels, labels: &labels, from: split, scaling: scaling, random: &random)
  }

  /// Starts to gather those of these batches that are not gathered yet, and forgets all others.
  private func prepare(_ numbers: ClosedRange<Int>) {
    let missing = gathered.withLock { gathered in
      for (number, batch) in gathered.ready where !numbers.contains(number) {
        gathered.ready[number] = nil
        gathered.spare.append(batch)
      }
      gathered.pending = gathered.pending.filter(numbers.contains)
      let missing = numbers.filter { gathered.ready[$0] == nil && !gathered.pending.contains($0) }
      gathered.pending.formUnion(missing)
      return missing
    }
    for number in missing {
      Self.gatherer.run { [weak self] in self?.gatherAhead(number) }
    }
  }

  /// Gathers a batch into spare memory, on the gatherer's thread, where it is still asked for.
  private func gatherAhead(_ number: Int) {
    let memory = gathered.withLock { gathered -> Batch? in
      // Where it is not pending it was needed at once, or nobody will ask for it.
      guard gathered.pending.contains(number) else { return nil }
      return gathered.spare.popLast()
        ?? Batch(
          pixels: Array(repeating: 0, count: size * scaling.scales.count), labels: Array(repeating: 0, count: size))
    }
    guard var batch = memory else { return }
    gather(number, &batch.pixels, &batch.labels)
    gathered.withLock { gathered in
      if gathered.pending.remove(number) != nil {
        gathered.ready[number] = batch
      } else {
        gathered.spare.append(batch)
      }
    }
  }
}
