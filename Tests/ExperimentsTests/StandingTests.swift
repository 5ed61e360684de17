import Engine
import Shards
import Testing

@testable import Evaluation
@testable import Experiments

/// Who stands where in figure 1, by known courses.
@Suite struct StandingTests {
  /// A course of four runs whose training losses fall evenly from 2 to `end` within 40 steps, and whose validation losses
  /// are higher by `gap`.
  private func timed(
    _ contender: Contender, end: Float, gap: Double = 0, seconds: Double, mark: Int
  ) -> Contest.Timed {
    let plan = EvaluationPlan(
      problem: "mlp2x32", split: .train, tasks: 2, initialisations: 2, steps: 40, batch: 8, seed: 4, tunedFor: .train,
      looks: [0, 20, 40])
    let losses = (0..<40).map { 2 + (end - 2) * Float($0 + 1) / 40 }
    let run = RunOutcome(
      curve: losses, validationLoss: 0, validationAccuracy: 0,
      validationCurve: [2, Double(losses[19]) + gap, Double(losses[39]) + gap])
    return Contest.Timed(
      curves: LossCurves(contender, [run, run, run, run], plan: plan, mark: mark),
      time: StepTime(seconds: seconds, updateSeconds: 0), mark: mark)
  }

  private var found: Contest.Found {
    Contest.Found(
      learned: [timed(Contender(kind: .learned), end: 0, seconds: 2, mark: 40)],
      tuned: [
        [
          timed(Contender(kind: .learned, stepScale: 0.5), end: 0.2, seconds: 2, mark: 40),
          timed(Contender(kind: .learned, stepScale: 0.25), end: 0.1, gap: 0.3, seconds: 2, mark: 40),
        ]
      ],
      baselines: [
        [
          timed(Contender(kind: .adam, rate: 0.1), end: 1.2, gap: 0.5, seconds: 4, mark: 20),
          timed(Contender(kind: .adam, rate: 0.2), end: 1.4, seconds: 4, mark: 20),
        ],
        [timed(Contender(kind: .momentum, rate: 0.3), end: 1.3, gap: 0.4, seconds: 4, mark: 20)],
      ], seconds: 80)
  }

  @Test("each loss has its own best rate, its own best baseline, and its own lowest")
  func best() {
    let training = Standing(.train, found, objectives: ["train"])
    #expect(
      training.entries.map(\.label) == [
        "learned (train objective)", "tuned (train objective), scale 0.25", "Adam, rate 0.1",
        "SGD with momentum, rate 0.3",
      ])
    #expect(training.bestBaseline.label == "Adam, rate 0.1")
    // The mean of the last four of 40 losses that end at 1.2.
    #expect(abs(training.lowest - 1.23) < 1e-6)
    #expect(abs((training.baselines[0].best?.seconds ?? 0) - 160) < 1e-9)
    let validation = Standing(.validation, found, objectives: ["train"])
    #expect(
      validation.entries.map(\.label) == [
        "learned (train objective)", "tuned (train objective), scale 0.5", "Adam, rate 0.2",
        "SGD with momentum, rate 0.3",
      ])
    #expect(validation.bestBaseline.label == "Adam, rate 0.2")
    #expect(abs(validation.lowest - 1.4) < 1e-6)
    #expect(abs(validation.mean(validation.baselines[0]) - 1.7) < 1e-6)
  }

  @Test("a level is reached where the mean is first at or below it, in the optimizer's own time; or never")
  func reached() {
    let standing = Standing(.validation, found, objectives: ["train"])
    #expect(standing.seconds(standing.learned[0], to: 1.0001) == 40)
    #expect(standing.seconds(standing.baselines[0], to: 1.45) == 160)
    #expect(standing.seconds(standing.baselines[0], to: 1.3) == nil)
  }
}
