import Foundation
import Shards
import TestSupport
import Testing

@testable import Settings
@testable import Training

/// The log of runs of outer-training.
@Suite struct LoggedRunTests {
  private func rows(_ state: URL) throws -> [OuterIterationRow] {
    try WrittenLog.rows(state).compactMap { row -> OuterIterationRow? in
      if case .outerIteration(let row) = row { row } else { nil }
    }
  }

  @Test("every outer-iteration leaves a row; a run in parts leaves the rows of the whole one, but for the clock")
  func everyOuterIteration() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder).folder
      func train(_ name: String, _ last: Int) throws -> URL {
        let state = folder.appending(path: name)
        try TrainingRun(
          configuration: SmallRun.configuration(data, state: state, outerIterations: last),
          kernels: .forTests, console: .silent
        ).run()
        return state
      }
      let whole = try rows(train("whole", 6))
      #expect(whole.map(\.outerIteration) == Array(1...6))
      #expect(whole.map(\.length).first == 5)
      for row in whole {
        #expect((1...3).contains(row.outerLoss ?? .nan) && (row.gradientNorm ?? 0) > 0)
        #expect(row.innerSteps > 0 && (row.innerStepsPerSecond ?? 0) > 0)
        #expect(row.learningRate == 0.003 && row.staleness == 0 && row.diverged == 0)
        #expect(abs(row.time.timeIntervalSinceNow) < 600)
      }
      for last in [2, 3, 6] { try WrittenLog.expectSameEvents(train("parts", last)) }
      func untimed(_ rows: [OuterIterationRow]) -> [OuterIterationRow] {
        rows.map { row in
          var row = row
          row.time = .distantPast
          row.innerStepsPerSecond = nil
          return row
        }
      }
      #expect(try untimed(rows(folder.appending(path: "parts"))) == untimed(whole))
    }
  }

  @Test("after a fallback to an older state the rows above it are cut, and made again")
  func fallback() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder).folder
      let state = folder.appending(path: "state")
      let configuration = SmallRun.configuration(data, state: state, outerIterations: 3)
      try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent).run()
      let newest = try #require(
        FileManager.default.contentsOfDirectory(atPath: state.appending(path: "training").path)
          .filter { $0.hasSuffix(".safetensors") }.max())
      try Data("damaged".utf8).write(to: state.appending(path: "training/\(newest)"))
      let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent)
      #expect(run.status.outerIteration == 0)
      #expect(try WrittenLog.rows(state).isEmpty)
      try run.run()
      #expect(try rows(state).map(\.outerIteration) == [1, 2, 3])
      try WrittenLog.expectSameEvents(state)
    }
  }

  @Test("the log of a run that begins with an exported state begins after its outer-iteration")
  func startFrom() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder).folder
      let (first, second) = (folder.appending(path: "first"), folder.appending(path: "second"))
      let file = folder.appending(path: "run.safetensors")
      try TrainingRun(
        configuration: SmallRun.configuration(data, state: first, outerIterations: 2),
        kernels: .forTests, console: .silent
      ).run()
      _ = try TrainingState.export(from: first, to: file) { _ in }
      var configuration = SmallRun.configuration(data, state: second, outerIterations: 4)
      configuration.startFrom = file.path
      try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent).run()
      #expect(try rows(second).map(\.outerIteration) == [3, 4])
      try WrittenLog.expectSameEvents(second)
    }
  }
}
