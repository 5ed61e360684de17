import Engine
import Evaluation

/// The optimizers of figure 1 as one of the two losses compares them.
struct Standing {
  /// A learned optimizer as it is, or a tuned one or a baseline with the finalist that is best at the end of the range.
  struct Entry {
    /// The name, for example `Adam` or `learned (train objective)`.
    var name: String
    /// The kind as tables have it.
    var kind: Contender.Kind
    /// The objective that the learned optimizer was trained for; nil for a baseline.
    var objective: String?
    var timed: Contest.Timed
    /// The best that the baseline's finalists reach within twice the range; nil for a learned optimizer.
    var best: Best?

    /// The name with a baseline's learning rate, or a tuned step scale.
    var label: String {
      let contender = timed.curves.contender
      if kind == .learnedTuned { return "\(name), scale \((contender.stepScale ?? 1).short)" }
      return contender.rate.map { "\(name), rate \($0.short)" } ?? name
    }

    /// The colour and the dashes of the line.
    var style: LineStyle {
      guard kind.isLearned else { return .optimizer(kind.rawValue) }
      let style = objective == Objective.validation.rawValue ? LineStyle.learnedForValidation : .learned
      return kind == .learnedTuned ? style.tuned : style
    }
  }

  /// The lowest mean loss of a baseline's finalists, after how many seconds, and of which.
  struct Best {
    var loss: Double
    var seconds: Double
    var contender: Contender
  }

  let loss: Objective
  let learned: [Entry]
  let tuned: [Entry]
  let baselines: [Entry]

  init(_ loss: Objective, _ found: Contest.Found, objectives: [String]) {
    self.loss = loss
    func mean(_ timed: Contest.Timed) -> Double { Self.mean(timed, loss) }
    func best(_ finalists: [Contest.Timed]) -> Contest.Timed? { finalists.min { mean($0) < mean($1) } }
    learned = zip(objectives, found.learned).map {
      Entry(name: "learned (\($0) objective)", kind: .learned, objective: $0, timed: $1, best: nil)
    }
    tuned = zip(objectives, found.tuned).compactMap { objective, finalists in
      best(finalists).map {
        Entry(name: "tuned (\(objective) objective)", kind: .learnedTuned, objective: objective, timed: $0, best: nil)
      }
    }
    baselines = found.baselines.compactMap { finalists in
      guard let tuned = best(finalists) else { return nil }
      let lowest = finalists.flatMap { finalist in
        Self.points(finalist, loss).map { point in
          Best(
            loss: point.mean, seconds: Double(point.step) * finalist.time.seconds, contender: finalist.curves.contender)
        }
      }.min { $0.loss < $1.loss }
      let kind = tuned.curves.contender.kind
      return Entry(name: Self.name(kind), kind: kind, timed: tuned, best: lowest)
    }
  }

  /// The title of the panel.
  var title: String { loss == .train ? "training loss" : "validation loss" }

  var entries: [Entry] { learned + tuned + baselines }

  /// The baseline whose loss at the end of the range is the lowest.
  var bestBaseline: Entry { baselines.min { mean($0) < mean($1) } ?? baselines[0] }

  /// The lowest mean loss that any baseline reaches in twice the range.
  var lowest: Double { baselines.compactMap(\.best?.loss).min() ?? .nan }

  func points(_ entry: Entry) -> [LossCurves.Point] { Self.points(entry.timed, loss) }

  /// Returns each run's loss at the end of the range.
  func losses(_ entry: Entry) -> [Double] { Self.losses(entry.timed, loss) }

  /// Returns the mean over the runs of the loss at the end of the range.
  func mean(_ entry: Entry) -> Double { Self.mean(entry.timed, loss) }

  /// Returns the seconds after which the mean loss is at or below `level`; nil where it never is.
  func seconds(_ entry: Entry, to level: Double) -> Double? {
    points(entry).first { $0.mean <= level }.map { Double($0.step) * entry.timed.time.seconds }
  }

  private static func points(_ timed: Contest.Timed, _ loss: Objective) -> [LossCurves.Point] {
    loss == .train ? timed.curves.training : timed.curves.validation
  }

  private static func losses(_ timed: Contest.Timed, _ loss: Objective) -> [Double] {
    loss == .train ? timed.curves.markedTraining : timed.curves.markedValidation
  }

  private static func mean(_ timed: Contest.Timed, _ loss: Objective) -> Double {
    let losses = losses(timed, loss)
    return losses.reduce(0, +) / Double(losses.count)
  }

  private static func name(_ kind: Contender.Kind) -> String {
    switch kind {
    case .learned, .learnedTuned: kind.rawValue
    case .adam: "Adam"
    case .adamw: "AdamW"
    case .nadamw: "NAdamW"
    case .rmsprop: "RMSProp"
    case .momentum: "SGD with momentum"
    case .nesterov: "SGD with Nesterov momentum"
    }
  }
}
