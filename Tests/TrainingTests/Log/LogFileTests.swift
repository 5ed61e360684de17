import Files
import Foundation
import Snapshots
import TestSupport
import Testing

@testable import Training

/// A log that is put aside where it is full.
@Suite struct LogFileTests {
  private static func row(_ step: Int) -> LogRow {
    .evaluation(
      EvaluationRow(
        outerIteration: step, time: Date(timeIntervalSince1970: Double(step)), loss: Double(step), best: false,
        seconds: 1))
  }

  private func steps(_ folder: URL) throws -> [Int] {
    try (StateFolder(folder).fullLogs() + [folder.appending(path: "log.jsonl")]).flatMap { file in
      try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        .compactMap { LogRow(line: Data($0.utf8))?.outerIteration }
    }
  }

  @Test("no file passes the size, and no row is lost or twice there") func rotates() throws {
    try withTemporaryFolder { folder in
      let length = try Self.row(1).line().count
      let rows = try LogFile(in: StateFolder(folder), resumingAt: 0, largest: 3 * length)
      for step in 1...8 { try rows.append(Self.row(step)) }
      let full = try StateFolder(folder).fullLogs()
      #expect(full.map(\.lastPathComponent) == ["log-000001.jsonl", "log-000002.jsonl"])
      for file in full { #expect(try Data(contentsOf: file).count == 3 * length) }
      #expect(try steps(folder) == Array(1...8))
    }
  }

  @Test("a number of more digits comes after one of six, and nothing is written over")
  func manyFiles() throws {
    try withTemporaryFolder { folder in
      for number in ["000007", "999999", "0000008", "9223372036854775807"] {
        try Self.row(0).line().write(to: folder.appending(path: "log-\(number).jsonl"))
      }
      try Self.row(0).line().write(to: folder.appending(path: "log.jsonl"))
      let length = try Self.row(1).line().count
      let rows = try LogFile(in: StateFolder(folder), resumingAt: 0, largest: length)
      for step in 1...4 { try rows.append(Self.row(step)) }
      let names = try StateFolder(folder).fullLogs().map(\.lastPathComponent)
      #expect(
        names == ["log-000007.jsonl", "log-999999.jsonl"] + (0...3).map { "log-100000\($0).jsonl" })
      #expect(try steps(folder) == [0, 0, 0, 1, 2, 3, 4])
      try Self.row(0).line().write(to: folder.appending(path: "log-999999999999999999.jsonl"))
      let error = #expect(throws: SnapshotError.self) { try rows.append(Self.row(5)) }
      #expect(error?.description.contains("log-999999999999999999.jsonl: no number is left above it") == true)
      #expect(try steps(folder) == [0, 0, 0, 1, 2, 3, 0, 4])
    }
  }

  @Test("a row of an outer-iteration that no run comes to is none")
  func impossibleRows() throws {
    #expect(try LogRow(line: Self.row(7).line()) != nil)
    for number in ["-1", "9223372036854775807"] {
      let line = String(decoding: try Self.row(7).line(), as: UTF8.self)
      #expect(LogRow(line: Data(line.replacing(":7", with: ":\(number)").utf8)) == nil)
    }
  }

  @Test(
    "where no new file can be made a row is not written, and is once one can be",
    .enabled(if: SmallDisk.isPossible, "\(SmallDisk.reason)"))
  func noNewFile() throws {
    try SmallDisk.with(kibibytes: 1_000) { disk in
      let length = try Self.row(1).line().count
      let rows = try LogFile(in: StateFolder(disk), resumingAt: 0, largest: 2 * length)
      for step in 1...2 { try rows.append(Self.row(step)) }
      // The folder and the file.
      try SmallDisk.remount(disk, "nr_inodes=2")
      for _ in 1...2 { #expect(throws: (any Error).self) { try rows.append(Self.row(3)) } }
      #expect(try steps(disk) == [1, 2])
      try SmallDisk.remount(disk, "nr_inodes=100")
      for step in 3...5 { try rows.append(Self.row(step)) }
      #expect(try steps(disk) == Array(1...5))
      #expect(try StateFolder(disk).fullLogs().count == 2)
    }
  }

  @Test("a run that goes on from before the newest file finds its rows in the one before", arguments: 0...8)
  func resumes(at step: Int) throws {
    try withTemporaryFolder { folder in
      let largest = try 3 * Self.row(1).line().count
      do {
        let rows = try LogFile(in: StateFolder(folder), resumingAt: 0, largest: largest)
        for step in 1...8 { try rows.append(Self.row(step)) }
      }
      let again = try LogFile(in: StateFolder(folder), resumingAt: step, largest: largest)
      #expect(try steps(folder) == Array(0..<step).map { $0 + 1 })
      #expect(again.last.map(\.outerIteration) == (step > 0 ? [step] : []))
      for step in step + 1...step + 7 { try again.append(Self.row(step)) }
      #expect(try steps(folder) == Array(1...step + 7))
    }
  }
}
