import Engine
import Foundation
import Randomness
import Shards
import TestSupport
import Testing

@testable import Evaluation

/// What `--curves` writes, against known runs.
@Suite struct EvaluationCurvesTests {
  private func plan(steps: Int, initialisations: Int = 1) -> EvaluationPlan {
    EvaluationPlan(
      problem: "mlp2x32", split: .train, tasks: 5, initialisations: initialisations, steps: steps, batch: 8, seed: 1,
      tunedFor: .train)
  }

  /// Runs of random losses.
  private func runs(_ count: Int, steps: Int, seed: UInt64) -> [RunOutcome] {
    var random = RandomStream(seed: seed, purpose: .test)
    return (0..<count).map { _ in
      RunOutcome(
        curve: (0..<steps).map { _ in Float(3 * random.uniform()) }, validationLoss: 0, validationAccuracy: 0)
    }
  }

  @Test("a curve's steps begin one by one, end 2 % apart, and are few; the last step is always there")
  func steps() {
    #expect(EvaluationCurves.steps(upTo: 1) == [1])
    #expect(EvaluationCurves.steps(upTo: 40) == Array(1...40))
    for last in [97, 98, 99, 500, 10_000] {
      let steps = EvaluationCurves.steps(upTo: last)
      #expect(steps.last == last)
      for (step, next) in zip(steps, steps.dropFirst()) {
        let gap = Double(next - step)
        #expect(gap >= 1 && gap <= max(1, 0.03 * Double(step)))
      }
    }
    #expect(EvaluationCurves.steps(upTo: 10_000).count == 321)
  }

  @Test("every number of a curve is that of a slow recomputation")
  func values() {
    let found = [
      (Contender(kind: .learned), runs(5, steps: 300, seed: 1)),
      (Contender(kind: .adam, rate: 0.01), runs(5, steps: 300, seed: 2)),
    ]
    let curves = EvaluationCurves(plan(steps: 300), found, secondsPerStep: [0.25, 0.5]).curves
    #expect(curves.map(\.optimizer) == ["learned", "adam"])
    #expect(curves.map(\.learningRate) == [nil, 0.01])
    for (curve, (_, runs)) in zip(curves, found) {
      for point in curve.points {
        let losses = runs.map { run in
          let last = run.curve[..<point.step].suffix(max(1, point.step / 10))
          return last.reduce(0) { $0 + Double($1) } / Double(last.count)
        }.sorted()
        // Of five values the quartiles are the second and the fourth.
        let expected = [losses[1], losses[2], losses[3], losses.reduce(0, +) / 5]
        let found = [point.lowerQuartile, point.median, point.upperQuartile, point.mean]
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "step \(point.step)")
        #expect(point.seconds == Double(point.step) * curve.secondsPerStep)
      }
    }
  }

  @Test("the last point of a curve is the training loss of the results")
  func last() throws {
    let plan = plan(steps: 205)
    let found = [(Contender(kind: .adam, rate: 0.01), runs(5, steps: 205, seed: 3))]
    let result = EvaluationResult.make(plan, found, [StepTime(seconds: 1, updateSeconds: 0)])[0]
    let point = try #require(EvaluationCurves(plan, found, secondsPerStep: [1]).curves[0].points.last)
    #expect(abs(point.mean - result.trainLoss) < 1e-12)
    #expect(
      zip([point.lowerQuartile, point.median, point.upperQuartile], result.quartiles)
        .allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test("the CSV file of the curves has a comment, the columns' names, and a row for each point")
  func csv() throws {
    try withTemporaryFolder { folder in
      let plan = plan(steps: 90)
      let found = [
        (Contender(kind: .learned), runs(5, steps: 90, seed: 4)),
        (Contender(kind: .momentum, rate: 1e-5), runs(5, steps: 90, seed: 5)),
      ]
      let curves = EvaluationCurves(plan, found, secondsPerStep: [1e-6, 3e-7])
      let file = folder.appending(path: "curves.csv")
      try curves.write(csv: file)
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      #expect(lines[0] == "# \(plan.summary)")
      #expect(
        lines[1] == "optimizer,learning_rate,step,seconds,median,lower_quartile,upper_quartile,mean,step_scale,schedule"
      )
      let rows = lines.dropFirst(2).map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      let points = curves.curves.flatMap { curve in curve.points.map { (curve, $0) } }
      try #require(rows.count == points.count)
      for (row, (curve, point)) in zip(rows, points) {
        #expect(row[0] == curve.optimizer)
        #expect(Float(row[1]) == curve.learningRate)
        #expect(Int(row[2]) == point.step)
        let numbers = row[3..<8].compactMap { Double($0) }
        let expected = [point.seconds, point.median, point.lowerQuartile, point.upperQuartile, point.mean]
        #expect(row.count == 10 && row[8] == (curve.optimizer == "learned" ? "1.0" : "") && row[9] == "constant")
        #expect(numbers.count == 5 && zip(numbers, expected).allSatisfy { abs($0 - $1) <= 1e-6 * abs($1) })
      }
    }
  }
}
