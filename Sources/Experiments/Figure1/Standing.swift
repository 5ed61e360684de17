import Engine
import Evaluation

/// The optimizers of figure 1 as one of the two losses compares them.
struct Standing {
  /// A learned optimizer, or a baseline with the finalist that is best at the end of the range.
  struct Entry {
    /// The name, for example `Adam` or `learned (train objective)`.
    var name: String
    var timed: Contest.Timed
    /// The best that the baseline's finalists reach within twice the range; nil for a learned optimizer.
    var best: Best?

    /// The name with a baseline's learning rate.
    var label: String { timed.curves.contender.rate.map { "\(name), rate \($0.short)" } ?? name }
  }

  /// The lowest mean loss of a baseline's finalists, after how many seconds, and of which.
  struct Best {
    var loss: Double
    var seconds: Double
    var contender: Contender
  }

  let loss: Objective
  let learned: [Entry]
  let baselines: [Entry]

  init(_ loss: Objective, _ found: Contest.Found, objectives: [String]) {
    self.loss = loss
    learned = zip(objectives, found.learned).map {
      Entry(name: "learned (\($0) objective)", timed: $1, best: nil)
    }
    baselines = found.baselines.compactMap { finalists in
      func mean(_ timed: Contest.Timed) -> Double { Self.mean(timed, loss) }
      guard let tuned = finalists.min(by: { mean($0) < mean($1) }) else { return nil }
      let lowest = finalists.flatMap { finalist in
        Self.points(finalist, loss).map { point in
          Best(
            loss: point.mean, seconds: Double(point.step) * finalist.time.seconds, contender: finalist.curves.contender)
        }
      }.min { $0.loss < $1.loss }
      return Entry(name: Self.name(tuned.curves.contender.kind), timed: tuned, best: lowest)
    }
  }

  /// The title of the panel.
  var title: String { loss == .train ? "(a) training loss" : "(b) validation loss" }

  var entries: [Entry] { learned + baselines }

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
