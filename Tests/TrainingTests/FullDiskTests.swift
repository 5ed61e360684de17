import Files
import Foundation
import Shards
import Snapshots
import TestSupport
import Testing

@testable import Engine
@testable import Settings
@testable import Training

/// A run whose disk becomes full.
@Suite struct FullDiskTests {
  /// Takes all the room that a disk has left.
  private static func fill(_ disk: URL) {
    let zeros = Data(repeating: 0, count: 1 << 16)
    guard let descriptor = try? SystemCall.open(disk.appending(path: "filler").path, O_WRONLY | O_CREAT) else { return }
    defer { SystemCall.close(descriptor) }
    while (try? SystemCall.write(descriptor, zeros, path: "filler")) != nil {}
  }

  private static func free(_ disk: URL) throws {
    try FileManager.default.removeItem(at: disk.appending(path: "filler"))
  }

  private static let recordIssue: @Sendable (any Error) -> Void = { Issue.record($0) }

  @Test(
    "training goes on, the log says what could not be written, and it is written once there is room",
    .enabled(if: SmallDisk.isPossible, "\(SmallDisk.reason)"))
  func goesOn() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder).folder
      try SmallDisk.with(kibibytes: 16_000) { disk in
        var configuration = SmallRun.configuration(
          dataset, state: disk.appending(path: "state"), outerIterations: 12)
        configuration.snapshot.everySeconds = 1e-6
        configuration.snapshot.freeMib = 0
        let log = RecordingLog()
        let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: log.logger) { report, _ in
          if report.outerIteration == 2 { Self.fill(disk) }
          if report.outerIteration == 9 { try? Self.free(disk) }
        }
        try run.run()
        let failures = log.lines.filter { $0.hasPrefix("the snapshot could not be written: ") }
        #expect(!failures.isEmpty && failures.allSatisfy { $0.contains("No space left") }, "\(log.lines)")
        let store = SnapshotStore(readingFrom: configuration.stateFolder)
        #expect(try store.latest(refused: Self.recordIssue)?.step == 12)
        let state = try StateStore(readingFrom: StateFolder(configuration.stateFolder)).newest(
          refused: Self.recordIssue)
        #expect(state?.learner.outerIteration == 12)
      }
    }
  }

  @Test(
    "a run that ends, or begins again, on a full disk is an error that says so, and what was written stays",
    .enabled(if: SmallDisk.isPossible, "\(SmallDisk.reason)"))
  func restart() throws {
    try withTemporaryFolder { folder in
      let dataset = try SmallDataset.digits(in: folder).folder
      try SmallDisk.with(kibibytes: 16_000) { disk in
        var configuration = SmallRun.configuration(
          dataset, state: disk.appending(path: "state"), outerIterations: 3)
        try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent).run()
        configuration.outerIterations = 6
        func expectNoSpace(_ error: FileError?) {
          #expect(error?.exitCode == .inputOutput && error?.number == ENOSPC, "\(error as Any)")
        }
        expectNoSpace(
          #expect(throws: FileError.self) {
            try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent) { report, _ in
              if report.outerIteration == 4 { Self.fill(disk) }
            }.run()
          })
        for _ in 0..<3 {
          expectNoSpace(
            #expect(throws: FileError.self) {
              try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent)
            })
        }
        try Self.free(disk)
        let log = RecordingLog()
        let again = try TrainingRun(configuration: configuration, kernels: .forTests, console: log.logger)
        #expect(again.status.outerIteration >= 3 && again.status.snapshot == 3)
        #expect(!log.lines.contains { $0.hasPrefix("refused") }, "\(log.lines)")
        try again.run()
        #expect(again.status.snapshot == 6)
      }
    }
  }
}
