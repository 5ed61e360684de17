import Files
import Randomness

/// The classes of a task. Only a split makes one, so that no task holds a class of another split.
public struct TaskClasses: Hashable, Sendable {
  /// The split that all classes are of.
  public let split: ClassSplit
  /// The positions of the classes in the manifest. The label of an image is its class's position in this array.
  public let classes: [Int]

  fileprivate init(split: ClassSplit, classes: [Int]) {
    self.split = split
    self.classes = classes
  }
}

extension Manifest {
  /// Returns the number of classes that a split has.
  public func classCount(in split: ClassSplit) -> Int { positions(in: split).count }

  /// Draws the task at `index` of the sequence that `seed` stands for: `classes` different classes of the split in
  /// random order. The task is a pure function of the manifest's classes and the arguments.
  /// - Parameters:
  ///   - split: the classes that are drawn from.
  ///   - classes: the number of classes of a task.
  ///   - seed: the seed of the sequence.
  ///   - index: the task's place in the sequence, from 0.
  ///   - folder: the dataset's path, for errors.
  /// - Throws: ``ShardsError`` where `classes` is below 1 or the split has fewer.
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
