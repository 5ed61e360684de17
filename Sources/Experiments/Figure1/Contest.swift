import Engine
import Evaluation
import Files
import Foundation
import Tasks

/// The training runs of figure 1: learned optimizers against baselines.
struct Contest {
  var figure: Figure1
  var points: FigureJournal
  var threads: Int

  private var settings: Figure1.Settings { figure.settings }

  /// The findings of all runs.
  struct Found: Sendable {
    /// The learned optimizers, in the order of the figure's snapshots.
    var learned: [Timed]
    /// The same, each with its best step scales: the finalists of each.
    var tuned: [[Timed]]
    /// The finalists of each baseline, in the order of ``Contender/Kind/defaultBaselines``.
    var baselines: [[Timed]]
    /// The figure's range in seconds: the time that the steps of the slowest learned optimizer take.
    var seconds: Double
  }

  /// An optimizer's losses, and the time of its steps.
  struct Timed: Sendable {
    var curves: LossCurves
    var time: StepTime
    /// The number of steps that fit into the figure's range, after which losses are compared.
    var mark: Int
  }

  /// Trains everything that the journal does not have, and returns the findings.
  func found() throws -> Found {
    let runs = try figure.learned.map { try evaluation("learned", $0, steps: settings.steps, mark: settings.steps) }
    // Kept, as all that follows depends on it.
    let times = try points.value("times", cost: 0) { try Evaluation.stepTimes(runs) }
    let (learnedTimes, baselineTimes) = (times.prefix(runs.count), Array(times.dropFirst(runs.count)))
    let seconds = Double(settings.steps) * (learnedTimes.map(\.seconds).max() ?? 0)
    let tuned = try runs.indices.map { index in
      try TunedPart(
        contest: self, name: "learned-tuned-\(index)", kind: .learned, snapshot: figure.learned[index],
        time: times[index], mark: settings.steps, steps: settings.steps)
    }
    let baselines = try zip(Contender.Kind.defaultBaselines, baselineTimes).map { kind, time in
      let mark = max(1, Int((seconds / time.seconds).rounded()))
      return try TunedPart(
        contest: self, name: kind.rawValue, kind: kind, snapshot: figure.learned[0], time: time, mark: mark,
        steps: 2 * mark)
    }
    points.progress.expect((tuned + baselines).reduce(0) { $0 + $1.cost })
    let learned = try runs.indices.map { index in
      let curves = try points.value("learned/\(index)", cost: runs[index].costOfContender, isTold: true) {
        try runs[index].learnedCurves(mark: settings.steps, points.progress)
      }
      runs[index].forget()
      return Timed(curves: curves, time: times[index], mark: settings.steps)
    }
    return Found(
      learned: learned, tuned: try tuned.map { try $0.lossCurves() },
      baselines: try baselines.map { try $0.lossCurves() }, seconds: seconds)
  }

  /// Makes an evaluation whose journal lies in the figure's workspace.
  ///
  /// - Parameters:
  ///   - part: the name of the journal's folder; no two evaluations share one.
  ///   - learned: the learned optimizer, which does not matter where only baselines are trained.
  ///   - steps: the inner steps of each run.
  ///   - mark: the steps of the figure's range; nil to measure the validation loss at the end only.
  ///   - screen: whether only the first few tasks are trained, from one initialisation.
  fileprivate func evaluation(
    _ part: String, _ learned: RunnableSnapshot, steps: Int, mark: Int?, screen: Bool = false
  ) throws -> Evaluation {
    let plan = EvaluationPlan(
      problem: settings.problem, split: settings.split,
      tasks: screen ? min(settings.screen, settings.tasks) : settings.tasks,
      initialisations: screen ? 1 : settings.initialisations, steps: steps, batch: settings.batch, seed: settings.seed,
      tunedFor: .train, looks: mark.map { looks(upTo: steps, mark: $0) })
    return try Evaluation(
      plan, snapshot: learned, dataset: figure.dataset, threads: threads, kernels: figure.kernels,
      cache: points.workspace.appending(path: part))
  }

  /// Returns steps at equal distances from 0 to `last`, the mark one of them.
  private func looks(upTo last: Int, mark: Int) -> [Int] {
    let count = settings.looks * last / mark
    let steps = (0...count).map { Int((Double($0 * mark) / Double(settings.looks)).rounded()) }
    return Set(steps).sorted()
  }
}

/// The part of an optimizer that is tuned, a baseline by its rate or the learned optimizer by its step scale: all of a grid
/// over the figure's range on few tasks, then the finalists on all, a baseline for twice the range.
private struct TunedPart {
  let contest: Contest
  /// The name of its point and of its journals' folder.
  let name: String
  let kind: Contender.Kind
  let time: StepTime
  /// The number of steps that fit into the figure's range.
  let mark: Int
  private let screening: Evaluation
  private let whole: Evaluation

  /// The number of finalists that is expected; there may be up to six.
  private static let expected = 3

  init(
    contest: Contest, name: String, kind: Contender.Kind, snapshot: RunnableSnapshot, time: StepTime, mark: Int,
    steps: Int
  ) throws {
    self.contest = contest
    self.name = name
    self.kind = kind
    self.time = time
    self.mark = mark
    screening = try contest.evaluation(name, snapshot, steps: mark, mark: nil, screen: true)
    whole = try contest.evaluation(name, snapshot, steps: steps, mark: mark)
  }

  /// The expected cost in inner steps.
  var cost: Int { screening.costOfCandidates + Self.expected * whole.costOfContender }

  func lossCurves() throws -> [Contest.Timed] {
    let progress = contest.points.progress
    let curves = try contest.points.value(name, cost: cost, isTold: true) {
      let finalists = try screening.finalists(kind, progress)
      progress.expect((finalists.count - Self.expected) * whole.costOfContender)
      return try whole.lossCurves(finalists, mark: mark, progress)
    }
    for evaluation in [screening, whole] { evaluation.forget() }
    return curves.map { Contest.Timed(curves: $0, time: time, mark: mark) }
  }
}
