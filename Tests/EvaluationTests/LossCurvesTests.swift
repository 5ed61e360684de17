import Engine
import Files
import Foundation
import Randomness
import Shards
import Snapshots
import TestSupport
import Testing

@testable import Evaluation

/// Losses over the whole of training runs.
@Suite struct LossCurvesTests {
  private func plan(steps: Int, looks: [Int]? = nil, initialisations: Int = 2) -> EvaluationPlan {
    EvaluationPlan(
      problem: "mlp2x32", split: .train, tasks: 2, initialisations: initialisations, steps: steps, batch: 8, seed: 4,
      tunedFor: .train, looks: looks)
  }

  private let quiet = Files.Progress("test", unit: "inner steps", total: nil, display: .none)

  @Test("a look finds the validation loss that a run of so many steps ends at, and leaves the run as it is")
  func looks() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let adam = Contender(kind: .adam, rate: 0.01)
      func runs(_ plan: EvaluationPlan) throws -> [RunOutcome] {
        try Evaluation.small(plan, data).outcomes([adam], of: plan.everything, quiet)[0]
      }
      let seen = try runs(plan(steps: 12, looks: [0, 1, 5, 12]))
      let plain = try runs(plan(steps: 12))
      #expect(seen.map(\.curve) == plain.map(\.curve))
      #expect(seen.map(\.validationLoss) == plain.map(\.validationLoss))
      #expect(plain.allSatisfy { $0.validationCurve == nil })
      for (number, step) in [(1, 1), (2, 5), (3, 12)] {
        let short = try runs(plan(steps: step))
        #expect(seen.map { $0.validationCurve?[number] } == short.map(\.validationLoss))
      }
      // Before the first step a network that knows nothing.
      #expect(seen.allSatisfy { abs(($0.validationCurve?[0] ?? 0) - log(10)) < 0.5 })
    }
  }

  @Test("the validation loss of a run that diverges is 10 from there on")
  func divergence() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let plan = plan(steps: 40, looks: [0, 20, 40])
      let runs = try Evaluation.small(plan, data, .small(scale: 1e6)).outcomes(
        [Contender(kind: .learned)], of: plan.everything, quiet)[0]
      for run in runs {
        let curve = try #require(run.validationCurve)
        #expect(curve[0] < 5 && curve[1...] == [10, 10])
      }
    }
  }

  @Test("means and quartiles over the runs at each step, and each run's losses at the mark")
  func values() throws {
    let plan = plan(steps: 40, looks: [0, 20, 33, 40])
    var random = RandomStream(seed: 1, purpose: .test)
    let runs = (0..<4).map { _ in
      RunOutcome(
        curve: (0..<40).map { _ in Float(random.uniform()) }, validationLoss: 0, validationAccuracy: 0,
        validationCurve: (0..<4).map { _ in random.uniform() })
    }
    let curves = LossCurves(Contender(kind: .adam, rate: 0.01), runs, plan: plan, mark: 33)
    #expect(curves.validation.map(\.step) == [0, 20, 33, 40])
    for (index, point) in curves.validation.enumerated() {
      let losses = runs.compactMap { $0.validationCurve?[index] }.sorted()
      #expect(abs(point.mean - losses.reduce(0, +) / 4) < 1e-12)
      #expect(abs(point.lowerQuartile - (losses[0] + 3 * losses[1]) / 4) < 1e-12)
      #expect(abs(point.upperQuartile - (3 * losses[2] + losses[3]) / 4) < 1e-12)
    }
    #expect(curves.markedValidation == runs.compactMap { $0.validationCurve?[2] })
    // A tenth of 33 steps is 3.
    let marked = runs.map { run in run.curve[30..<33].reduce(0) { $0 + Double($1) } / 3 }
    #expect(zip(curves.markedTraining, marked).allSatisfy { abs($0 - $1) < 1e-12 })
    let point = try #require(curves.training.first { $0.step == 33 })
    #expect(abs(point.mean - marked.reduce(0, +) / 4) < 1e-12)
    #expect(try JSONDecoder().decode(LossCurves.self, from: JSONEncoder().encode(curves)) == curves)
  }

  @Test("the finalists are the best three for each loss, and each run is done once")
  func finalists() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      func results(_ tuning: Objective) throws -> [Contender] {
        let evaluation = try Evaluation.small(plan(steps: 60), data)
        return evaluation.best(3, of: try evaluation.candidates(.rmsprop, for: tuning, quiet), for: tuning).map(\.0)
      }
      let evaluation = try Evaluation.small(plan(steps: 60), data)
      let found = try evaluation.finalists(.rmsprop, quiet)
      #expect(Array(found.prefix(3)) == (try results(.train)))
      #expect(Set(found) == Set(try results(.train) + results(.validation)) && found.count <= 6)
      let cache = try FileManager.default.contentsOfDirectory(
        at: folder.appending(path: "cache"), includingPropertiesForKeys: nil)
      let lines = try cache.map { try String(contentsOf: $0, encoding: .utf8).split(separator: "\n").count }
      #expect(lines == [evaluation.costOfCandidates / 60])
    }
  }

  @Test("stepTimes gives a time for each learned optimizer and then for each baseline")
  func times() throws {
    try withTemporaryFolder { folder in
      let evaluation = try Evaluation.small(plan(steps: 60), SmallDataset.digits(in: folder))
      let times = try Evaluation.stepTimes([evaluation, evaluation])
      #expect(times.count == 5 && times[0] == times[1])
      #expect(times.allSatisfy { $0.seconds > 0 && $0.updateShare > 0 && $0.updateShare < 1 })
      // An optimizer that is a network costs more than one that is not.
      #expect(times[..<2].allSatisfy { $0.updateSeconds > 3 * times[2].updateSeconds })
    }
  }
}
