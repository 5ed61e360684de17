import Files
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Evaluation

/// What an evaluation that was stopped finds again.
@Suite struct EvaluationJournalTests {
  static func key(_ task: Int) -> EvaluationJournal.Key {
    EvaluationJournal.Key(contender: Contender(kind: .adam, rate: 0.1), task: task, initialisation: 0)
  }

  static let outcome = RunOutcome(curve: [2.3, 0.1, 1 / 3], validationLoss: 0.1 + 0.2, validationAccuracy: 2 / 3)

  static func file(in folder: URL) throws -> URL {
    try #require(FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).first)
  }

  @Test("finished runs are found again, to the last bit, for the same arguments only")
  func again() throws {
    try withTemporaryFolder { folder in
      try EvaluationJournal(folder: folder, identity: ["seed": 1]).append(Self.outcome, for: Self.key(0))
      #expect(try EvaluationJournal(folder: folder, identity: ["seed": 1])[Self.key(0)] == Self.outcome)
      #expect(try EvaluationJournal(folder: folder, identity: ["seed": 1])[Self.key(1)] == nil)
      #expect(try EvaluationJournal(folder: folder, identity: ["seed": 2])[Self.key(0)] == nil)
    }
  }

  @Test("a folder that cannot be made is an error with its path, or said once, and runs stay in memory")
  func noFolder() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "file")
      try Data().write(to: file)
      let cache = file.appending(path: "evaluations")
      let error = #expect(throws: FileError.self) { try EvaluationJournal(folder: cache, identity: ["seed": 1]) }
      #expect(error?.exitCode == .cannotCreate && error?.path == file.path)
      let said = Mutex<[FileError]>([])
      let journal = try EvaluationJournal(folder: cache, identity: 1) { lost in said.withLock { $0.append(lost) } }
      for task in 0..<3 { try journal.append(Self.outcome, for: Self.key(task)) }
      #expect(journal[Self.key(2)] == Self.outcome)
      #expect(said.withLock { $0 } == [try #require(error)])
      journal.remove()
    }
  }

  @Test(
    "a disk that fills up is said once; what was kept before is found again, and nothing after it is lost in memory",
    .enabled(if: SmallDisk.isPossible, Comment(rawValue: SmallDisk.reason)))
  func fullDisk() throws {
    try SmallDisk.with(kibibytes: 64) { disk in
      let said = Mutex<[FileError]>([])
      func journal() throws -> EvaluationJournal {
        try EvaluationJournal(folder: disk, identity: 1) { lost in said.withLock { $0.append(lost) } }
      }
      let first = try journal()
      var outcome = Self.outcome
      outcome.curve = [Float](repeating: 1 / 3, count: 500)
      let count = 40
      for task in 0..<count { try first.append(outcome, for: Self.key(task)) }
      #expect(said.withLock { $0.map(\.number) } == [ENOSPC])
      #expect((0..<count).allSatisfy { first[Self.key($0)] == outcome })
      let again = try journal()
      let kept = (0..<count).prefix { again[Self.key($0)] != nil }.count
      #expect(1..<count ~= kept)
      #expect(said.withLock { $0.count } == 1, "it can be read, though the disk is full")
    }
  }

  @Test("a journal's line that was cut is forgotten, and the lines after it are read")
  func cut() throws {
    try withTemporaryFolder { folder in
      let first = try EvaluationJournal(folder: folder, identity: 1)
      for task in 0..<3 { try first.append(Self.outcome, for: Self.key(task)) }
      let file = try Self.file(in: folder)
      try Data(contentsOf: file).dropLast(20).write(to: file)
      let second = try EvaluationJournal(folder: folder, identity: 1)
      #expect(second[Self.key(1)] == Self.outcome)
      #expect(second[Self.key(2)] == nil)
      try second.append(Self.outcome, for: Self.key(3))
      let third = try EvaluationJournal(folder: folder, identity: 1)
      #expect([0, 1, 2, 3].map { third[Self.key($0)] != nil } == [true, true, false, true])
    }
  }

  @Test("no journal is left when an evaluation is done")
  func removed() throws {
    try withTemporaryFolder { folder in
      let log = try EvaluationJournal(folder: folder, identity: 1)
      try log.append(Self.outcome, for: Self.key(0))
      log.remove()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }
}
