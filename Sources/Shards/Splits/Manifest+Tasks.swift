import Files
import Randomness

/// The classes of a task. Only a split makes one, so that no task holds a class of another split.
public struct TaskClasses: Hashable, Sendable {
  public let split: ClassSplit
  /// Positions in the manifest; the label of an image is its class's position here.
  public let classes: [Int]

  fileprivate init(split: ClassSplit, classes: [Int]) {
    self.split = split
    self.classes = classes
  }
}

extension Manifest {
  /// How many classes a split has.
  public func classCount(in split: ClassSplit) -> Int { positions(in: split).count }

  /// The task at `index` of the sequence that `seed` stands for: `classes` different classes of the split in random
  /// order. A pure function of the manifest's classes and the arguments.
  /// - Parameter folder: the dataset's, for errors.
  /// - Throws: ``ShardsError`` where the split has fewer classes.
  public func sampleTask(
    split: ClassSplit, classes: Int, seed: UInt64, index: Int, in folder: String
  ) throws -> TaskClasses {
    let positions = positions(in: split)
    guard (1...max(positions.count, 1)).contains(classes), !positions.isEmpty else {
      throw ShardsError(
        .tooFewClasses, folder,
        "a task of \(classes) classes of the split \(split.rawValue), which has \(positions.count): "
          + "choose another number or split"
      )
    }
    var random = RandomStream(seed: seed, purpose: .taskClasses, UInt64(index))
    return TaskClasses(
      split: split, classes: random.sample(classes, below: positions.count).map { positions[$0] })
  }
}
