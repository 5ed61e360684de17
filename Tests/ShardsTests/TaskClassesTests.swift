import Files
import Foundation
import TestSupport
import Testing

@testable import Shards

@Suite struct TaskClassesTests {
  /// Six classes to train on, two of each other split, in mixed order.
  private static let manifest: Manifest = {
    let splits: [ClassSplit] = [
      .train, .heldOut, .train, .outerValidation, .train, .train, .heldOut, .train, .outerValidation, .train,
    ]
    return try! withTemporaryFolder { folder in
      try SampleDataset(classes: splits.enumerated().map { (UInt8($0), $1) }).write(to: folder.appending(path: "set"))
    }
  }()

  @Test("a task has different classes, all of its split", arguments: ClassSplit.allCases)
  func splits(split: ClassSplit) throws {
    let count = Self.manifest.classCount(in: split)
    for index in 0..<100 {
      let task = try Self.manifest.sampleTask(split: split, classes: 2, seed: 3, index: index, in: "set")
      #expect(Set(task.classes).count == 2)
      #expect(task.classes.allSatisfy { Self.manifest.classes[$0].split == split })
    }
    #expect(count == (split == .train ? 6 : 2))
  }

  @Test("a task is a pure function of seed and index; other indices and seeds give others")
  func pure() throws {
    func tasks(seed: UInt64) throws -> [[Int]] {
      try (0..<20).map {
        try Self.manifest.sampleTask(split: .train, classes: 6, seed: seed, index: $0, in: "set").classes
      }
    }
    #expect(try tasks(seed: 1) == tasks(seed: 1))
    #expect(try tasks(seed: 1) != tasks(seed: 2))
    #expect(try Set(tasks(seed: 1)).count > 15)
  }

  @Test("every class has every label equally often")
  func uniform() throws {
    var counts = [[Int]](repeating: Array(repeating: 0, count: 3), count: 10)
    let tasks = 6000
    for index in 0..<tasks {
      let task = try Self.manifest.sampleTask(split: .train, classes: 3, seed: 5, index: index, in: "set")
      for (label, position) in task.classes.enumerated() { counts[position][label] += 1 }
    }
    for position in Self.manifest.positions(in: .train) {
      // Expected 1000 with a standard deviation of 29: five of them.
      #expect(counts[position].allSatisfy { abs($0 - tasks / 6) < 145 })
    }
  }

  @Test("more classes than the split has, or none, are refused with the folder and the number", arguments: [0, 3])
  func tooFew(classes: Int) throws {
    let error = #expect(throws: ShardsError.self) {
      try Self.manifest.sampleTask(split: .heldOut, classes: classes, seed: 1, index: 0, in: "set")
    }
    #expect(error?.code == .tooFewClasses)
    let message = "set: a task of \(classes) classes of the split held-out, which has 2"
    #expect(error?.description.hasPrefix(message) == true)
  }
}
