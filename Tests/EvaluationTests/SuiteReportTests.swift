import Engine
import Foundation
import Shards
import Testing

@testable import Evaluation

/// What a suite comes to over its rows.
@Suite struct SuiteReportTests {
  private func plan(tasks: Int = 3, schedule: ScheduleChoice? = nil) -> EvaluationPlan {
    EvaluationPlan(
      problem: "mlp2x32", split: .train, tasks: tasks, initialisations: 2, steps: 10, batch: 8, seed: 1,
      tunedFor: .train, tunesLearned: true, schedule: schedule, baselines: [.adam, .adamw])
  }

  /// A row of runs with constant losses: of each contender one for each task, the same from both initialisations.
  private func row(_ found: [(Contender, [Float])], index: Int = 0, schedule: ScheduleChoice? = nil)
    -> SuiteReport.Row
  {
    let plan = plan(tasks: found[0].1.count, schedule: schedule)
    let runs = found.map { contender, losses in
      (
        contender,
        losses.flatMap { loss in
          (0..<2).map { _ in
            RunOutcome(
              curve: [Float](repeating: loss, count: 10), validationLoss: Double(loss), validationAccuracy: 0.5)
          }
        }
      )
    }
    let report = EvaluationReport(
      results: EvaluationResult.make(plan, runs, runs.map { _ in StepTime(seconds: 1, updateSeconds: 0) }),
      losses: runs.map { $0.1.map { $0.loss(.train, tail: 1) } },
      curves: EvaluationCurves(plan, runs, secondsPerStep: runs.map { _ in 1 }))
    return SuiteReport.Row(
      Suite.Row(index: index, dataset: "d\(index)", plan: plan), datasetSHA256: "", tasks: plan.namedTasks, report)
  }

  private func row(_ learned: [Float], _ tuned: [Float], adam: [Float], adamw: [Float]) -> SuiteReport.Row {
    row([
      (Contender(kind: .learned), learned), (Contender(kind: .learnedTuned, stepScale: 0.5), tuned),
      (Contender(kind: .adam, rate: 0.1), adam), (Contender(kind: .adamw, rate: 0.1), adamw),
    ])
  }

  @Test("a row's ratios are to the best of its baselines, with the steps until that one's loss")
  func ratios() throws {
    let row = row([3, 3, 3], [1, 1, 1], adam: [2, 2, 2], adamw: [4, 4, 4])
    #expect(row.bestBaseline == "adam")
    #expect(row.standings.map(\.optimizer) == ["learned", "learned-tuned", "adam", "adamw"])
    #expect(row.standings.map(\.ratio) == [1.5, 0.5, 1, 2])
    #expect(row.standings.map(\.ratioInterval) == [[1.5, 1.5], [0.5, 0.5], [1, 1], [2, 2]])
    #expect(row.standings.map(\.stepsToBestBaselineLoss) == [nil, 1, 1, nil])
    #expect(row.standings.map(\.stepScale) == [1, 0.5, nil, nil])
    #expect(row.standings.map(\.divergedRuns) == [0, 0, 0, 0] && row.standings.map(\.runs) == [6, 6, 6, 6])
  }

  @Test("under two schedules an optimizer's standing is the better of its two")
  func schedules() throws {
    let row = row(
      [
        (Contender(kind: .learned), [3]), (Contender(kind: .adam, rate: 0.1), [4]),
        (Contender(kind: .learned, schedule: .cosine), [1]),
        (Contender(kind: .adam, rate: 0.1, schedule: .cosine), [2]),
      ], schedule: .both)
    #expect(row.standings.map(\.schedule) == [.cosine, .cosine])
    #expect(row.standings.map(\.ratio) == [0.5, 1] && row.results.count == 4)
  }

  @Test("the means over rows are those of the ratios, and their intervals are the same each time")
  func means() throws {
    let rows = [
      row([1, 2, 3], [1, 1, 1], adam: [2, 2, 2], adamw: [4, 4, 4]),
      row([8, 8, 8], [1, 2, 3], adam: [2, 2, 2], adamw: [1, 1, 1]),
      row([2, 2, 2], [2, 2, 2], adam: [2, 2, 2], adamw: [4, 4, 4]),
      row([4, 4, 4], [2, 2, 2], adam: [4, 4, 4], adamw: [8, 8, 8]),
    ]
    let report = SuiteReport(rows)
    let (learned, tuned) = (report.summaries[0], report.summaries[1])
    #expect([learned.optimizer, tuned.optimizer] == ["learned", "learned-tuned"])
    #expect(abs(learned.geometricMean - pow(8, 0.25)) < 1e-12)
    #expect(abs(tuned.geometricMean - pow(0.5 * 2 * 1 * 0.5, 0.25)) < 1e-12)
    // Ratios 1, 1, 1, 8 and 0.5, 0.5, 1, 2, without the lowest and the highest.
    #expect(learned.interquartileMean == 1 && tuned.interquartileMean == 0.75)
    #expect(learned.rowsBelowOne == 0 && tuned.rowsBelowOne == 2)
    for summary in report.summaries {
      #expect(summary.geometricMeanInterval[0] < summary.geometricMean)
      #expect(summary.geometricMean < summary.geometricMeanInterval[1])
      #expect(summary.interquartileMeanInterval[0] <= summary.interquartileMean)
      #expect(summary.interquartileMean <= summary.interquartileMeanInterval[1])
    }
    #expect(SuiteReport(rows) == report)
  }

  @Test("the interval is over rows and over the tasks of each: rows that are alike leave the tasks' spread")
  func bootstrap() {
    let row = row([1, 2, 3], [2, 2, 2], adam: [2, 2, 2], adamw: [4, 4, 4])
    let report = SuiteReport([row, row, row])
    let interval = report.summaries[0].geometricMeanInterval
    #expect(interval[0] < 0.9 && interval[1] > 1.1 && interval[0] > 0.5 && interval[1] < 1.5)
    #expect(report.summaries[1].geometricMeanInterval == [1, 1], "neither rows nor tasks differ")
  }

  @Test("a quarter is rounded down: of three rows and fewer the interquartile mean is the mean")
  func interquartile() {
    #expect(SuiteReport.interquartileMean([3, 1, 5]) == 3)
    #expect(SuiteReport.interquartileMean([7]) == 7)
    #expect(SuiteReport.interquartileMean([100, 1, 2, 3, 4, 5, 6, 0]) == 3.5)
  }

  @Test("a run that diverged counts with the loss 10, and is said; a loss of 0 leaves every ratio a number")
  func extremes() throws {
    let rows = [
      row([10, 1, 1], [0, 0, 0], adam: [2, 2, 2], adamw: [4, 4, 4]),
      row([1, 1, 1], [1, 1, 1], adam: [0, 0, 0], adamw: [0, 0, 0]),
    ]
    #expect(rows[0].standings.map(\.divergedRuns) == [2, 0, 0, 0])
    #expect(rows[0].standings[0].ratio == 2 && rows[0].results[0].divergedRuns == 2)
    #expect(rows[0].standings[1].ratio == 5e-7 && rows[1].standings[0].ratio == 1e6)
    let report = SuiteReport(rows)
    #expect(report.summaries[0].rowsWithDivergedRuns == 1 && report.summaries[1].rowsWithDivergedRuns == 0)
    // JSON has no other numbers than finite ones.
    _ = try JSONEncoder().encode(report)
  }

  @Test("what does not end in numbers has diverged: the last minibatch's loss, or the one over the validation images")
  func diverged() {
    func outcome(_ last: Float, _ validation: Double) -> RunOutcome {
      RunOutcome(curve: [1, last], validationLoss: validation, validationAccuracy: 0)
    }
    #expect(outcome(10, 1).hasDiverged && outcome(1, 10).hasDiverged && outcome(10, 10).hasDiverged)
    #expect(!outcome(9.9, 9.9).hasDiverged)
  }

  @Test("a profile is the share of rows up to each ratio, of every optimizer that all rows have")
  func profile() throws {
    let report = SuiteReport([
      row([1, 1, 1], [1, 1, 1], adam: [2, 2, 2], adamw: [4, 4, 4]),
      row([4, 4, 4], [1, 1, 1], adam: [2, 2, 2], adamw: [1, 1, 1]),
    ])
    #expect(report.profiles.map(\.optimizer) == ["learned", "learned-tuned", "adam", "adamw"])
    #expect(report.profiles[0].points == [.init(ratio: 0.5, share: 0.5), .init(ratio: 4, share: 1)])
    #expect(report.profiles[2].points == [.init(ratio: 1, share: 0.5), .init(ratio: 2, share: 1)])
    var other = report.rows[0]
    other.standings.removeLast()
    #expect(SuiteReport([report.rows[0], other]).profiles.map(\.optimizer) == ["learned", "learned-tuned", "adam"])
  }
}

extension EvaluationPlan {
  /// A list of classes for each task.
  fileprivate var namedTasks: [[String]] { (0..<tasks).map { ["\($0)"] } }
}
