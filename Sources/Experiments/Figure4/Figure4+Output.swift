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
    let results = estimators.reversed().map { estimator in
      let rate = learned(found.chains[estimator] ?? [])
      let factor = max(rate / best, best / rate)
      return "\(estimator): \(rate.short), \(factor.short) × too \(rate < best ? "low" : "high")"
    }
    let caption = Caption(
      shows:
        "Learning the logarithm of Adam's learning rate with truncations of different length. (a) The learning rate "
        + "over outer-training; dashed by persistent evolution strategies (PES), black the best of a grid. (b) The "
        + "outer-gradient of each truncation at the first learning rate; below 0 it asks for a higher one. (c) The "
        + "running sum of (b), each truncation weighted by its share of the steps: its end is the outer-gradient.",
      results: [
        "Best learning rate by the grid: \(best.short). Learned (mean of the last fifth of the outer-iterations), "
          + "by length of the truncations: \(results.joined(separator: "; ")).",
        signs(found),
      ],
      instance: instance,
      paper:
        "the log learning rate of an optimizer that trains a small MLP, from 1e-3, the best near 4e-3; truncations of "
        + "10 to 10,000 of 10,000 inner steps.")
    return FigureOutput(
      title: "Figure 4: short truncations learn a wrong learning rate", caption: caption,
      panels: [rates(found, best: best), gradients(found), sums(found)],
      tables: [rateTable(found), gradientTable(found), gridTable(found)])
  }

  /// Returns a sentence with the outer-gradient of each length, whose sign says which way it moves the learning rate.
  private func signs(_ found: Found) -> String {
    let ends = zip(settings.lengths, found.profiles).map { length, profile in
      "\(length.steps) \((profile.reduce(0, +) / Double(profile.count)).short)"
    }
    return "Outer-gradient at the first learning rate, mean over \(settings.profileTasks) tasks: "
      + ends.joined(separator: "; ") + "."
  }

  private var instance: String {
    let persistent = "\(settings.pairs) pairs, σ = \(settings.sigma.short)"
    return
      "\(runs.instance.description), \(settings.steps.grouped) inner steps, Adam (0.9, 0.999, 1e-8) from learning rate "
      + "\(settings.startRate.short); outer-loss the mean over the steps of the loss of the step's own minibatch; "
      + "\(settings.outerIterations) outer-iterations of \(settings.tasksPerIteration) training run(s), Adam "
      + "\(settings.outerRate.short) (\(settings.outerBeta1.short), \(settings.outerBeta2.short)), the outer-gradient "
      + "clipped at \(settings.clip.short); PES with \(persistent); the grid has \(grid.count) learning rates with "
      + "\(settings.gridTasks) runs each; seed \(settings.seed)."
  }

  private func rates(_ found: Found, best: Double) -> Plot.Panel {
    let learned = estimators.reversed().enumerated().map { number, estimator in
      let chain = found.chains[estimator] ?? []
      var isDashed = false
      if case .persistent = estimator { isDashed = true }
      return Plot.Series(
        "\(estimator)", chain.enumerated().map { .init(Double($0), exp($1)) }, isDashed: isDashed,
        colour: settings.lengths.firstIndex(of: estimator.length) ?? number)
    }
    let end = Double(settings.outerIterations)
    let line = Plot.Series("best of the grid", [.init(0, best), .init(end, best)], isThin: true, colour: 6)
    return Plot.Panel(
      "(a) learned learning rate", x: "outer-iteration", y: "learning rate", yIsLogarithmic: true,
      series: learned + [line])
  }

  private func gradients(_ found: Found) -> Plot.Panel {
    Plot.Panel(
      "(b) outer-gradient of each truncation", x: "inner step", y: "dL/dλ", xIsLogarithmic: true,
      series: zip(settings.lengths, found.profiles).map { length, profile in
        Plot.Series(length.steps, profile.enumerated().map { .init(Double(($0 + 1) * length), $1) }, isThin: true)
      })
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
      "(c) running sum of (b)", x: "inner step", y: "dL/dλ of the steps so far", xIsLogarithmic: true,
      series: zip(settings.lengths, found.profiles).map { length, profile in
        Plot.Series(
          length.steps, runningSum(profile).enumerated().map { .init(Double(($0 + 1) * length), $1) })
      })
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
      rows: zip(settings.lengths, found.profiles).flatMap { length, profile in
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
