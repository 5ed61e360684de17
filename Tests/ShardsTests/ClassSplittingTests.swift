import Files
import Foundation
import TestSupport
import Testing

@testable import Shards

@Suite struct ClassSplittingTests {
  private func ids(_ count: Int) -> [String] { (0..<count).map { String(format: "n%08d", $0) } }

  /// Classes held out, for outer-validation, and to train on.
  private func counts(_ splits: [ClassSplit]) -> [Int] {
    [ClassSplit.heldOut, .outerValidation, .train].map { split in splits.count { $0 == split } }
  }

  @Test(
    "30 % are held out and a tenth of the others, at least 16, kept for outer-validation, rounded half up",
    arguments: [
      (115, [35, 16, 64]), (1000, [300, 70, 630]), (100, [30, 16, 54]), (250, [75, 18, 157]), (45, [14, 16, 15]),
    ])
  func defaults(classes: Int, expected: [Int]) throws {
    let (splits, notes) = try ClassSplitting().splits(of: ids(classes))
    #expect(counts(splits) == expected)
    #expect(notes.isEmpty)
  }

  @Test("given numbers of classes are taken for the splits")
  func given() throws {
    let splitting = ClassSplitting(heldOut: .number(20), outerValidation: 10)
    #expect(try counts(splitting.splits(of: ids(100)).splits) == [20, 10, 70])
  }

  @Test("a split of fewer than ten classes, or that leaves fewer than ten, stays empty, and the notes say so")
  func tooFew() throws {
    let ten = try ClassSplitting().splits(of: ids(10))
    #expect(counts(ten.splits) == [0, 0, 10])
    #expect(ten.notes.count == 2)
    let tooFew = "10 classes are too few: a split needs 10, and 10 must be left to train on"
    #expect(ten.notes[0] == "no classes are held apart for held-out: " + tooFew)
    #expect(ten.notes[1] == "no classes are held apart for outer-validation: " + tooFew)
    let asked = try ClassSplitting(heldOut: .number(95), outerValidation: 9).splits(of: ids(100)).notes
    #expect(
      asked == [
        "no classes are held apart for held-out: 95 of 100 would leave fewer than 10 to train on",
        "no classes are held apart for outer-validation: 9 are too few: a split needs 10",
      ])
    let nine = try ClassSplitting(heldOut: .number(9), outerValidation: 0).splits(of: ids(100))
    #expect(counts(nine.splits) == [0, 0, 100])
    #expect(nine.notes.count == 1)
    let most = try ClassSplitting(heldOut: .number(91), outerValidation: 0).splits(of: ids(100))
    #expect(counts(most.splits) == [0, 0, 100])
  }

  @Test("a split of 0 classes that was asked for has no note")
  func none() throws {
    let (splits, notes) = try ClassSplitting(heldOut: .number(0), outerValidation: 0).splits(of: ids(100))
    #expect(counts(splits) == [0, 0, 100])
    #expect(notes.isEmpty)
  }

  @Test("the choice depends on the seed and the ids, not on their order")
  func pure() throws {
    let ids = ids(100)
    func split(_ ids: [String], seed: UInt64) throws -> [String: ClassSplit] {
      Dictionary(uniqueKeysWithValues: zip(ids, try ClassSplitting(seed: seed).splits(of: ids).splits))
    }
    #expect(try split(ids, seed: 1) == split(ids.reversed(), seed: 1))
    #expect(try split(ids, seed: 1) != split(ids, seed: 2))
  }

  @Test("the number for outer-validation does not change which classes are held out")
  func independent() throws {
    let few = try ClassSplitting(outerValidation: 10).splits(of: ids(100)).splits
    let many = try ClassSplitting(outerValidation: 40).splits(of: ids(100)).splits
    #expect(few.map { $0 == .heldOut } == many.map { $0 == .heldOut })
  }

  @Test("a list says which classes are held out, and the others are shared out by the seed")
  func list() throws {
    let listed = Array(ids(100)[40..<60])
    let splits = try ClassSplitting(heldOut: .ids(listed), outerValidation: 12).splits(of: ids(100)).splits
    #expect(splits.indices.filter { splits[$0] == .heldOut } == Array(40..<60))
    #expect(counts(splits) == [20, 12, 68])
  }

  @Test(
    "a list of an unknown id, of too few classes, or that leaves too few, is refused",
    arguments: [
      (ids: ["n1"] + (0..<20).map { String(format: "n%08d", $0) }, message: "n1 is to be held out"),
      (ids: (0..<9).map { String(format: "n%08d", $0) }, message: "9 of 100 classes"),
      (ids: (0..<91).map { String(format: "n%08d", $0) }, message: "91 of 100 classes"),
    ])
  func wrongList(ids listed: [String], message: String) throws {
    let error = #expect(throws: ShardsError.self) {
      try ClassSplitting(heldOut: .ids(listed)).splits(of: ids(100))
    }
    #expect(error?.code == .invalidSplit)
    #expect(error?.exitCode == .usage)
    #expect(error?.description.contains(message) == true)
  }

  @Test("of 10,000 tasks of the split train none has a class of another split")
  func noLeak() throws {
    let splits = try ClassSplitting().splits(of: ids(115)).splits
    let classes = splits.enumerated().map {
      Manifest.ImageClass(id: "\($0)", name: "\($0)", split: $1, shard: 0, count: 2, validation: 1)
    }
    let manifest = Manifest(
      formatVersion: Manifest.currentVersion, toolVersion: "test",
      source: .init(name: "test", shape: nil, files: []), shape: SampleDataset.shape, resampling: "none", channels: [],
      classes: classes, shards: [], skipped: [])
    for index in 0..<10_000 {
      let task = try manifest.sampleTask(split: .train, classes: 10, seed: 3, index: index, in: "set")
      #expect(task.classes.allSatisfy { splits[$0] == .train })
    }
  }
}
