import Engine
import Evaluation
import Files
import Foundation
import Shards
import Snapshots
import Tasks

/// The panels, tables and sentences of figure 1.
extension Figure1 {
  func output(_ found: Contest.Found) -> FigureOutput {
    let objectives = learned.map(\.metadata.objective)
    let standings = Objective.allCases.map { Standing($0, found, objectives: objectives) }
    let range = found.seconds.short
    let caption = Caption(
      shows:
        "The training (a) and the validation loss (b) of tasks of \(settings.split.rawValue) classes over the time that "
        + "training takes in the same engine on one thread: means over \(runs) training runs (tasks × "
        + "initialisations); bands: quartiles. Training loss: the mean of a run's last ⌊t/10⌋ minibatch losses at step t. Each baseline has "
        + "the learning rate of a grid that is best for the panel's loss after \(range) s, and a tuned learned optimizer the "
        + "step scale of one. Dashed: the lowest that it "
        + "reaches when the time is doubled, at the best of the same rates and moments.",
      results: standings.map { ending($0, range) }
        + standings.flatMap { standing in
          (standing.learned + standing.tuned).map { reaching($0, standing, found.seconds) }
        } + [timing(standings[0])],
      claims: [claim(standings[0], found.seconds)], instance: described,
      paper: "conv3x32 on 10 of 300 held-out classes of ImageNet at 32×32, about 130 s; a learned optimizer of each "
        + "objective.")
    return FigureOutput(
      title: "Figure 1: learned optimizers and tuned baselines on \(settings.problem)", caption: caption,
      panels: standings.map { panel($0, found.seconds) },
      tables: [curves(standings), summary(standings)])
  }

  private var runs: Int { settings.tasks * settings.initialisations }

  /// The plan of the comparison, by which intervals of ratios are drawn.
  private var plan: EvaluationPlan {
    EvaluationPlan(
      problem: settings.problem, split: settings.split, tasks: settings.tasks,
      initialisations: settings.initialisations,
      steps: settings.steps, batch: settings.batch, seed: settings.seed, tunedFor: .train)
  }

  /// Returns an optimizer's mean loss at the range's end over the best baseline's, and the 95 % interval of that ratio.
  func ratio(_ entry: Standing.Entry, _ standing: Standing) -> (ratio: Double, interval: [Double]) {
    let best = standing.bestBaseline
    return (
      standing.mean(entry) / standing.mean(best),
      plan.ratioInterval(standing.losses(entry), to: standing.losses(best))
    )
  }

  /// Returns a sentence with all losses at the range's end.
  private func ending(_ standing: Standing, _ range: String) -> String {
    let parts = standing.entries.map { "\($0.name) \(Self.digits(standing.mean($0)))" }
    return "The \(standing.title) after \(range) s: \(parts.joined(separator: ", "))."
  }

  /// Returns a sentence that says when a learned optimizer reaches the losses of the baselines.
  private func reaching(_ entry: Standing.Entry, _ standing: Standing, _ range: Double) -> String {
    let (ratio, interval) = ratio(entry, standing)
    func time(to level: Double, of whole: Double) -> String {
      guard let seconds = standing.seconds(entry, to: level) else { return "not within its steps" }
      return "after \(seconds.short) s, \((100 * seconds / whole).short) % of that time"
    }
    let end = standing.mean(standing.bestBaseline)
    return "The \(standing.title), \(entry.name): \(Self.digits(ratio)) of the best baseline's (95 % interval "
      + "\(Self.digits(interval[0])) … \(Self.digits(interval[1]))); where that one is after \(range.short) s, "
      + "\(Self.digits(end)), \(time(to: end, of: range)); at the lowest dashed line, which takes up to "
      + "\((2 * range).short) s, \(Self.digits(standing.lowest)), \(time(to: standing.lowest, of: 2 * range))."
  }

  /// Returns the paper's claim on the training loss. The baselines' lowest loss is that within twice the range.
  private func claim(_ standing: Standing, _ range: Double) -> Caption.Claim {
    let shares = (standing.learned + standing.tuned).compactMap { entry in
      standing.seconds(entry, to: standing.lowest).map { (entry, share: $0 / (2 * range)) }
    }
    let first = shares.min { $0.share < $1.share }
    return Caption.Claim(
      "A learned optimizer reaches the lowest training loss of the baselines in under a quarter of their time.",
      holds: first.map { $0.share < 0.25 } ?? false,
      why: first.map { "\($0.0.name) in \((100 * $0.share).short) % of twice the range" }
        ?? "none reaches \(Self.digits(standing.lowest)) within its steps")
  }

  private func timing(_ standing: Standing) -> String {
    let parts = (standing.learned + standing.baselines).map { entry in
      let time = entry.timed.time
      return "\(entry.name) \((1_000 * time.seconds).short) ms, the update \((100 * time.updateShare).short) % of it, "
        + "\(entry.timed.mark.steps)"
    }
    return "Time of a step, and steps in the range: \(parts.joined(separator: "; "))."
  }

  private var described: String {
    [
      "\(settings.problem) on \(UserPath.name(dataset.folder.path)), \(settings.tasks) tasks of 10 "
        + "\(settings.split.rawValue) classes × \(settings.initialisations), batch \(settings.batch)",
      "the learned optimizers train for \(settings.steps.steps)",
      "the baselines' rates 10^(k/3) are compared on \(min(settings.screen, settings.tasks)) tasks × 1, the best three "
        + "for each loss on all",
      "seed \(settings.seed).",
    ].joined(separator: "; ")
  }

  private func panel(_ standing: Standing, _ range: Double) -> Plot.Panel {
    let lines = standing.entries.map { entry in
      Plot.Series(
        entry.label,
        standing.points(entry).map { point in
          .init(
            Double(point.step) * entry.timed.time.seconds, point.mean, low: point.lowerQuartile,
            high: point.upperQuartile)
        }.filter { $0.x <= range * 1.001 }, style: entry.style)
    }
    let levels = standing.entries.compactMap { entry in
      entry.best.map {
        Plot.Series("", [.init(0, $0.loss), .init(range, $0.loss)], isDashed: true, isThin: true, style: entry.style)
      }
    }
    let losses = lines.flatMap { $0.points.map(\.y) }
    return Plot.Panel(
      standing.title, x: "seconds", y: "loss", yIsLogarithmic: Plot.spans(5, losses), series: lines + levels)
  }

  private static func digits(_ loss: Double) -> String { String(format: "%.3f", loss) }
}
