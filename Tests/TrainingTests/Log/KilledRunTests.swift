import Foundation
import TestSupport
import Testing

@testable import Training

/// The log of `lopt train` processes that are killed.
@Suite struct KilledRunTests {
  @Test("killed at ten random moments: no outer-iteration is missing in the log or in the events, and none is twice")
  func killed() throws {
    try withTemporaryFolder { folder in
      _ = try SmallDataset.splitDigits(in: folder)
      let configuration = folder.appending(path: "lopt.json")
      try Data(
        """
        {"datasets": ["data"], "state": "state", "snapshot": {"every_seconds": 0.01},
         "outer": {"pairs": 2, "curriculum": {"from": 2, "to": 2}}, "inner": {"batch": 4, "life": {"from": 10, "to": 10}},
         "evaluation": {"every": 3, "tasks": 1, "steps": 5}}
        """.utf8
      ).write(to: configuration)
      let state = folder.appending(path: "state")
      var highest = 0
      for number in 1...10 {
        let training = try ToolProcess("lopt", ["train", "--config", configuration.path])
        try training.wait { $0.errors.contains("training mlp2x32") }
        usleep(UInt32.random(in: 0...150_000))
        // On a machine that is busy with other things none of them may have come this far.
        if number == 10 && highest == 0 {
          try training.wait { _ in try WrittenLog.lines(state).contains { LogRow(line: $0) != nil } }
        }
        training.send(SIGKILL)
        #expect(try training.wait().exitCode == -SIGKILL)
        highest = try WrittenLog.lines(state).compactMap { LogRow(line: $0)?.outerIteration }.max() ?? 0
      }
      #expect(highest > 0)
      let last = highest + 4
      let end = try ToolProcess.run(
        "lopt", ["train", "--config", configuration.path, "--outer-iterations", "\(last)"])
      #expect(end.exitCode == 0, "\(end.errors)")
      let rows = try WrittenLog.rows(state)
      let steps = rows.compactMap { row -> Int? in
        if case .outerIteration(let row) = row { row.outerIteration } else { nil }
      }
      let evaluations = rows.compactMap { row -> Int? in
        if case .evaluation(let row) = row { row.outerIteration } else { nil }
      }
      #expect(steps == Array(1...last))
      #expect(evaluations == Array(stride(from: 3, through: last, by: 3)))
      try WrittenLog.expectSameEvents(state)
    }
  }
}
