import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// The panels, tables and sentences of figure 4.
extension Figure4 {
  /// Returns the learning rate that an outer-training ended at: the geometric mean over its last fifth.
  /// - Parameter chain: the log learning rates.
  func learned(_ chain: [Double]) -> Double {
    let tail = chain.suffix(max(1, chain.count / 5))
    return exp(tail.reduce(0, +) / Double(tail.count))
  }

  /// Returns the best learning rate of the grid: the vertex of the parabola through the lowest mean loss and its
  /// neighbours.
  func best(_ losses: [Double]) -> Double {
    let index = losses.indices.min { losses[$0] < losses[$1] } ?? 0
    guard index > 0, index + 1 < losses.count else { return exp(grid[index]) }
    let (left, right) = (losses[index - 1] - losses[index], losses[index + 1] - losses[index])
    let shift = left + right > 0 ? (left - right) / (2 * (left + right)) : 0
    return exp(grid[index] + shift * (grid[index + 1] - grid[index]))
  }

  func output(_ found: Found) -> FigureOutput {
    let best = best(found.gridLosses)
    let rates = estimators.reversed().map { (estimator: $0, rate: learned(found.chains[$0] ?? [])) }
    let results = rates.map { estimator, rate in
      "\(estimator) \(rate.short), \(max(rate / best, best / rate).short) × too \(rate < best ? "low" : "high")"
    }
    let caption = Caption(
      shows:
        "Learning the logarithm λ of Adam's learning rate with truncations of different length. (a) The learning rate "
        + "over outer-training; by truncations, by persistent evolution strategies (PES) of short ones; dotted the "
        + "first rate, dashed the best of a grid. (b) The outer-gradient of each truncation of "
        + "\(settings.profileLength.steps) at the first rate; below 0 it asks for a higher one. (c) The running sum of "
        + "such outer-gradients, each weighted by its share of the steps: its end is the outer-gradient.",
      results: [
        "Best learning rate by the grid: \(best.short). Learned (mean of the last fifth of the outer-iterations), "
          + "by length of the truncations: \(results.joined(separator: "; ")).",
        "Outer-gradient of the first truncation of \(settings.profileLength.steps) "
          + "\((found.profiles[settings.profileLength]?.first ?? .nan).short), of the others "
          + "\(span(found.profiles[settings.profileLength]?.dropFirst() ?? [])).",
        "The running sum crosses zero: \(settings.sumLengths.map { crossing($0, found) }.joined(separator: "; ")).",
      ],
      claims: claims(found, rates.compactMap { $0.estimator.isTruncated ? $0.rate : nil }), instance: described,
      paper:
        "the log learning rate of Adam on a two-layer MLP on MNIST, from 1e-3; 10,000 inner steps; truncations of 10, "
        + "100, 1,000 and 10,000 steps end at 10^−3.53, 10^−3.10, 10^−2.71 and 10^−2.57, the best of a grid is 10^−2.4; "
        + "truncations of 500 steps have outer-gradients of −0.88, −0.09 and then 0.02 to 0.08; the sums of 10, 50 and "
        + "100 steps cross zero at 1,570, 4,200 and 6,300 steps, that of 500 never.")
    return FigureOutput(
      title: "Figure 4: short truncations learn a wrong learning rate", caption: caption,
      panels: [ratePanel(found, best: best), gradients(found), sums(found)],
      tables: [rateTable(found), gradientTable(found), gridTable(found)])
  }

  private func span(_ values: ArraySlice<Double>) -> String {
    "\((values.min() ?? .nan).short) to \((values.max() ?? .nan).short)"
  }

  /// Returns the step after which the running sum of a length is above 0 for good; nil where it never is.
  func crossing(_ length: Int, of profile: [Double]) -> Int? {
    let sums = runningSum(profile)
    guard let last = sums.last, last > 0 else { return nil }
    return ((sums.lastIndex { $0 <= 0 } ?? -1) + 2) * length
  }

  private func crossing(_ length: Int, _ found: Found) -> String {
    let step = crossing(length, of: found.profiles[length] ?? [])
    return "\(length.steps) \(step.map { "at step \($0.grouped)" } ?? "never")"
  }

  /// Returns the paper's claims.
  /// - Parameter rates: the rates learned with truncations, by ascending length.
  private func claims(_ found: Found, _ rates: [Double]) -> [Caption.Claim] {
    // A sum that never crosses is one that crosses after all steps.
    let crossings = settings.sumLengths.map { crossing($0, of: found.profiles[$0] ?? []) ?? .max }
    return [
      Caption.Claim(
        "The shorter the truncations, the lower the learning rate that is learned.",
        holds: zip(rates, rates.dropFirst()).allSatisfy { $0 < $1 },
        why: "log₁₀ of the rates, by ascending length: "
          + rates.map { (log($0) / log(10)).short }.joined(separator: ", ")),
      Caption.Claim(
        "The outer-gradients of short truncations change their sign along training, those of shorter ones sooner.",
        holds: crossings.first != .max && zip(crossings, crossings.dropFirst()).allSatisfy { $0 < $1 || $1 == .max },
        why: settings.sumLengths.map { crossing($0, found) }.joined(separator: "; ")),
    ]
  }

  private var described: String {
    let persistent = "\(settings.pairs) pairs, σ = \(settings.sigma.short)"
    return
      "\(runs.instance.description), \(settings.steps.grouped) inner steps, Adam (0.9, 0.999, 1e-8) from learning rate "
      + "\(settings.startRate.short); outer-loss the mean over the steps of the loss of the step's own minibatch; "
      + "\(settings.outerIterations) outer-iterations of \(settings.tasksPerIteration) training run(s), Adam "
      + "\(settings.outerRate.short) (\(settings.outerBeta1.short), \(settings.outerBeta2.short)), the outer-gradient "
      + "clipped at \(settings.clip.short); PES with \(persistent); the grid has \(grid.count) learning rates with "
      + "\(settings.gridTasks) runs each; outer-gradients are means over \(settings.profileTasks) tasks; "
      + "seed \(settings.seed)."
  }

  private func ratePanel(_ found: Found, best: Double) -> Plot.Panel {
    func logarithm(_ rate: Double) -> Double { log(rate) / log(10) }
    let learned = estimators.reversed().enumerated().map { number, estimator in
      Plot.Series(
        "\(estimator)",
        (found.chains[estimator] ?? []).enumerated().map { .init(Double($0), $1 / log(10)) },
        style: style(estimator, number))
    }
    func level(_ name: String, _ rate: Double, _ style: LineStyle) -> Plot.Series {
      Plot.Series(
        name, [0, Double(settings.outerIterations)].map { .init($0, logarithm(rate)) }, isThin: true, style: style)
    }
    return Plot.Panel(
      "learned learning rate", x: "outer-iteration", y: "log₁₀ of the learning rate",
      series: learned + [
        level("best of the grid", best, .reference),
        level("first", settings.startRate, LineStyle(colour: LineStyle.reference.colour, dash: [1, 3])),
      ])
  }

  /// Returns the style of an estimator, the same in all panels: PES has the colour of truncations of its length.
  private func style(_ estimator: RateEstimator, _ number: Int) -> LineStyle {
    let lengths = Set(settings.lengths + settings.sumLengths + settings.persistentLengths).sorted()
    var style = LineStyle.numbered(lengths.firstIndex(of: estimator.length) ?? number)
    if !estimator.isTruncated { style.dash = [6, 3] }
    return style
  }

  private func gradients(_ found: Found) -> Plot.Panel {
    let length = settings.profileLength
    let profile = found.profiles[length] ?? []
    return Plot.Panel(
      "outer-gradients, \(length.steps)", x: "inner step", y: "dL/dλ of the truncation",
      series: [
        Plot.Series(
          "", profile.enumerated().map { .init((Double($0) + 0.5) * Double(length), $1) },
          style: style(.truncated(length: length), 0)),
        zero,
      ])
  }

  private var zero: Plot.Series {
    Plot.Series("", [.init(0, 0), .init(Double(settings.steps), 0)], isThin: true, style: .reference)
  }

  /// Returns the sum, over the truncations so far, of gradient × length / steps.
  private func runningSum(_ profile: [Double]) -> [Double] {
    var sum = 0.0
    return profile.map {
      sum += $0 / Double(profile.count)
      return sum
    }
  }

  private func sums(_ found: Found) -> Plot.Panel {
    Plot.Panel(
      "running sums", x: "inner step", y: "dL/dλ of the steps so far",
      series: settings.sumLengths.map { length in
        Plot.Series(
          length.steps,
          runningSum(found.profiles[length] ?? []).enumerated().map { .init(Double(($0 + 1) * length), $1) },
          style: style(.truncated(length: length), 0))
      } + [zero])
  }

  private func rateTable(_ found: Found) -> CSVTable {
    CSVTable(
      columns: ["estimator", "truncation", "outer_iteration", "learning_rate"],
      rows: estimators.reversed().flatMap { estimator in
        (found.chains[estimator] ?? []).enumerated().map { iteration, logRate in
          [estimator.name, "\(estimator.length)", "\(iteration)", CSVTable.number(exp(logRate))]
        }
      })
  }

  private func gradientTable(_ found: Found) -> CSVTable {
    CSVTable(
      "gradients", columns: ["truncation", "inner_step", "outer_gradient", "running_sum"],
      rows: found.profiles.sorted { $0.key < $1.key }.flatMap { length, profile in
        zip(profile, runningSum(profile)).enumerated().map { number, values in
          ["\(length)", "\((number + 1) * length)", CSVTable.number(values.0), CSVTable.number(values.1)]
        }
      })
  }

  private func gridTable(_ found: Found) -> CSVTable {
    CSVTable(
      "grid", columns: ["learning_rate", "outer_loss"],
      rows: zip(grid, found.gridLosses).map { [CSVTable.number(exp($0)), CSVTable.number($1)] })
  }
}
