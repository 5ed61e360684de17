import Engine
import Evaluation
import Files
import Foundation
import Settings
import Shards

/// The panels, tables and sentences of figures 7 and 15.
extension Ablation {
  /// The ways of comparing arms.
  enum Comparison: CaseIterable {
    case samples, wallClock

    var title: String { self == .samples ? "at equal samples" : "at equal wall-clock" }
  }

  /// The number of last checkpoints whose mean is a run's late outer-loss.
  static let late = 3

  /// Returns the last checkpoint of an arm that a comparison looks at, as an index.
  func last(_ arm: Arm, _ comparison: Comparison, _ found: Found) -> Int {
    let end = settings.checkpoints.count - 1
    guard comparison == .wallClock, let own = found.seconds[arm], let fastest = found.seconds.values.min() else {
      return end
    }
    return min(end, Int(Double(end) * fastest / own))
  }

  /// Returns the late outer-losses of an arm's runs, in the order of their numbers.
  func lateLosses(_ arm: Arm, _ comparison: Comparison, _ found: Found) -> [Double] {
    let last = last(arm, comparison, found)
    return (0..<settings.seeds).compactMap { number in
      found.losses[Training(arm: arm, number: number)].map { losses in
        let late = losses[max(0, last - Self.late + 1)...last]
        return late.reduce(0, +) / Double(late.count)
      }
    }
  }

  func output(_ found: Found) -> FigureOutput {
    let isDistributions = view == .distributions
    let panels =
      isDistributions
      ? Comparison.allCases.map { distribution($0, found) } : Arm.Group.allCases.map { courses($0, found) }
    let caption = Caption(
      shows: isDistributions
        ? "The outer-loss late in outer-training, a dot for each of \(settings.seeds) runs of an arm and a line at their "
          + "median: the mean over the last \(Self.late) θ that were measured, (a) of all outer-iterations, (b) of as many as "
          + "the arm does in the time of the fastest arm's. Dashed the outer-loss of a guess."
        : "The outer-loss over outer-training: medians over \(settings.seeds) runs of an arm, bands between their quartiles, "
          + "thin each run; (a) by estimator, (b) by the truncations' length, (c) by the inputs.",
      results: Comparison.allCases.map { sentence($0, found) } + [timing(found)], claims: claims(found),
      instance: described,
      paper:
        "conv3x32 on ImageNet 32×32, 10,000 inner steps, 4 to 12 runs of an arm, at 380,000 to 420,000 inner problems; "
        + "medians: \(paperMedians).")
    let number = isDistributions ? 7 : 15
    return FigureOutput(
      title: "Figure \(number): what estimators, truncations and inputs come to", caption: caption, panels: panels,
      tables: isDistributions ? [lateTable(found)] : [courseTable(found)])
  }

  private func name(_ arm: Arm) -> String { arm.name(settings.lengths) }

  private var paperMedians: String {
    let paper = Ablation.Settings(.paper).lengths
    return Arm.allCases.compactMap { arm in arm.paperMedian.map { "\(arm.name(paper)) \($0.short)" } }
      .joined(separator: ", ")
  }

  private func median(_ arm: Arm, _ comparison: Comparison, _ found: Found) -> Double {
    quantile(lateLosses(arm, comparison, found), 0.5)
  }

  /// Returns a quantile, by linear interpolation between the values.
  private func quantile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.indices.last else { return .nan }
    let place = share * Double(last)
    let below = Int(place)
    return sorted[below] + (place - Double(below)) * (sorted[min(below + 1, last)] - sorted[below])
  }

  private func sentence(_ comparison: Comparison, _ found: Found) -> String {
    let parts = Arm.allCases.map { "\(name($0)) \(median($0, comparison, found).short)" }
    return "Medians \(comparison.title): \(parts.joined(separator: ", "))."
  }

  private func timing(_ found: Found) -> String {
    let parts = Arm.allCases.map { arm in
      let last = settings.checkpoints[last(arm, .wallClock, found)]
      return "\(name(arm)) \((found.seconds[arm] ?? .nan).short) s, \(last.grouped)"
    }
    return "Time of an outer-iteration, and outer-iterations that count at equal wall-clock: "
      + parts.joined(separator: "; ") + "."
  }

  /// Returns the paper's claims, at equal samples.
  private func claims(_ found: Found) -> [Caption.Claim] {
    func value(_ arm: Arm) -> Double { median(arm, .samples, found) }
    func text(_ arms: [Arm]) -> String { arms.map { "\(name($0)) \(value($0).short)" }.joined(separator: ", ") }
    let chance = log(Double(instance.problem.classes))
    let (single, fixed): ([Arm], [Arm]) = ([.analytic, .es], [.short, .middle, .long])
    let blind: [Arm] = [.noMomentum, .onlyGradients]
    return [
      Caption.Claim(
        "The combined estimator ends at or below back-propagation and evolution strategies alone.",
        holds: single.allSatisfy { value(.combined) <= value($0) }, why: text([.combined] + single)),
      Caption.Claim(
        "The curriculum ends at or below truncations of a fixed length.",
        holds: fixed.allSatisfy { value(.combined) <= value($0) }, why: text([.combined] + fixed)),
      Caption.Claim(
        "Without inputs of momenta nothing is learned.", holds: blind.allSatisfy { value($0) > 0.95 * chance },
        why: "\(text(blind)); a guess has \(chance.short)"),
      Caption.Claim(
        "Without inputs of second moments, or of time, little is lost.",
        holds: [.noRMS, .noTime].allSatisfy { value($0) < 1.05 * value(.combined) },
        why: text([.combined, .noRMS, .noTime])),
    ]
  }

  private var described: String {
    let (outer, curriculum) = (settings.outer, settings.outer.curriculum)
    return [
      "\(settings.problem) on \(UserPath.name(dataset.folder.path)), batch \(settings.batch)",
      "\(settings.seeds) runs of each arm, \(settings.outerIterations.grouped) outer-iterations of \(outer.pairs) pairs, "
        + "validation objective, σ = \(outer.sigma.short), Adam \(outer.learningRate.short)",
      "K from \(curriculum.from) to \(curriculum.to.grouped) over \(curriculum.over.grouped) outer-iterations",
      "outer-loss: the validation loss of \(settings.tasks) tasks of outer-validation classes after \(settings.steps.steps)",
      "without the paper's other form of no RMS, in which second moments are inputs that stay 0",
      "seed \(settings.seed).",
    ].joined(separator: "; ")
  }

  private func distribution(_ comparison: Comparison, _ found: Found) -> Plot.Panel {
    let arms = Arm.allCases
    let dots = arms.enumerated().map { place, arm in
      Plot.Series(
        "", lateLosses(arm, comparison, found).map { .init(Double(place), $0) }, isDots: true, style: .numbered(0))
    }
    let medians = arms.enumerated().map { place, arm in
      let median = median(arm, comparison, found)
      return Plot.Series(
        "", [-0.3, 0.3].map { .init(Double(place) + $0, median) }, style: .numbered(1))
    }
    let chance = log(Double(instance.problem.classes))
    let guess = Plot.Series(
      "", [-0.5, Double(arms.count) - 0.5].map { .init($0, chance) }, isThin: true, style: .reference)
    return Plot.Panel(
      comparison.title, x: "", y: "outer-loss",
      xNames: arms.enumerated().map { .init(name($1), at: Double($0)) }, series: [guess] + medians + dots)
  }

  private func courses(_ group: Arm.Group, _ found: Found) -> Plot.Panel {
    let problems = settings.checkpoints.map { Double($0 * settings.outer.pairs) }
    let lines = group.arms.enumerated().flatMap { colour, arm in
      let runs = (0..<settings.seeds).compactMap { found.losses[Training(arm: arm, number: $0)] }
      let median = Plot.Series(
        name(arm),
        problems.indices.map { index in
          let values = runs.map { $0[index] }
          return .init(
            problems[index], quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75))
        }, colour: colour)
      let each = runs.map { Plot.Series("", zip(problems, $0).map { .init($0, $1) }, isThin: true, colour: colour) }
      return [median] + each
    }
    return Plot.Panel(group.title, x: "inner problems", y: "outer-loss", series: lines)
  }

  private func lateTable(_ found: Found) -> CSVTable {
    CSVTable(
      columns: ["arm", "run", "comparison", "outer_iterations", "outer_loss"],
      rows: Comparison.allCases.flatMap { comparison in
        Arm.allCases.flatMap { arm in
          lateLosses(arm, comparison, found).enumerated().map { number, loss in
            [
              arm.rawValue, "\(number)", comparison == .samples ? "samples" : "wall-clock",
              "\(settings.checkpoints[last(arm, comparison, found)])", CSVTable.number(loss),
            ]
          }
        }
      })
  }

  private func courseTable(_ found: Found) -> CSVTable {
    CSVTable(
      columns: ["arm", "run", "outer_iteration", "inner_problems", "seconds", "outer_loss"],
      rows: trainings.flatMap { training in
        zip(settings.checkpoints, found.losses[training] ?? []).map { iteration, loss in
          [
            training.arm.rawValue, "\(training.number)", "\(iteration)", "\(iteration * settings.outer.pairs)",
            CSVTable.number((found.seconds[training.arm] ?? .nan) * Double(iteration)), CSVTable.number(loss),
          ]
        }
      })
  }
}
