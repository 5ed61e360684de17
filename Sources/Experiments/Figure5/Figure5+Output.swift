import Engine
import Evaluation
import Files
import Foundation
import Settings
import Shards

/// The panels, tables and sentences of figure 5.
extension Figure5 {
  func output(_ found: Found) -> FigureOutput {
    let lengths = settings.lengths.count
    let letters = "abcdefghijklmnopqrstuvwxyz".map { String($0) }
    let caption = Caption(
      shows:
        "(\(letters[0])–\(letters[lengths - 1])) The variance of an outer-gradient of \(settings.outer.pairs) pairs, summed "
        + "over the outer-parameters, along an outer-training with the train objective: by back-propagation "
        + "(reparameterization), by evolution strategies (ES) and combined; dashed with perturbations of the other σ. "
        + "(\(letters[lengths]), \(letters[lengths + 1])) The training loss that the train objective brings tasks of "
        + "outer-validation classes to, that over the last tenth of the steps, and the validation loss that the "
        + "validation objective does, that after the last: a line for each of \(settings.seeds) seeds, the one that is best "
        + "at the end in orange; dashed Adam, its learning rate tuned on the same tasks for each panel. Where a sample was "
        + "not finite the line of the reparameterization has no point. Inner problems: outer-iterations × pairs.",
      results: settings.lengths.indices.map { crossing(settings.lengths[$0], found.variances[$0][0]) }
        + settings.lengths.indices.map { constancy(settings.lengths[$0], found.variances[$0]) }
        + [worstRatio(found), final(found)],
      claims: claims(found), instance: described,
      paper: "conv3x32 on ImageNet 32×32 (700 train classes), batch 128, 10,000 inner steps by the curriculum, the "
        + "combined estimator over 128 workers, five seeds of each objective, 40 train and 40 test tasks; the variance of "
        + "ES stays between 0.1 and 10, that of the reparameterization is above it from 0.3 million inner problems on.")
    return FigureOutput(
      title: "Figure 5: the variance of outer-gradients, and performance over outer-training", caption: caption,
      panels: variancePanels(found) + [lossPanel(found, .train), lossPanel(found, .validation)],
      tables: [lossTable(found), varianceTable(found)])
  }

  /// Returns the paper's claims.
  private func claims(_ found: Found) -> [Caption.Claim] {
    let longest = found.variances[settings.lengths.count - 1][0]
    let ratios = longest.map { ($0.reparameterization ?? .infinity) / $0.evolutionStrategies }
    let spans = found.variances.map { spread($0[0]) }
    let combined = SampleMoments(found.variances.flatMap { $0[0] }.map(\.ratio)).mean
    let better = Objective.allCases.map { objective in
      runs(found, objective).filter { loss($0[$0.count - 1], objective) < level(found, objective) }.count
    }
    let length = settings.lengths[settings.lengths.count - 1].grouped
    return [
      Caption.Claim(
        "The reparameterization's variance grows along outer-training by orders of magnitude, from far below that of ES to above it.",
        holds: ratios.first.map { $0 < 1 } == true && (ratios.max() ?? 0) > 1,
        why:
          "K = \(length): \((ratios.first ?? .nan).short) of it at first, at most \((ratios.max() ?? .nan).short) times it"
      ),
      Caption.Claim(
        "The variance of ES is about constant, within a factor of 100.", holds: spans.allSatisfy { $0 < 100 },
        why: "the largest is \(spans.map(\.short).joined(separator: ", ")) times the smallest, by ascending K"),
      Caption.Claim(
        "The combined estimator's variance is at most about the smaller one's.", holds: combined < 1.5,
        why: "\(combined.short) of it on average"),
      Caption.Claim(
        "Outer-training brings both objectives below tuned Adam.",
        holds: better.allSatisfy { 2 * $0 > settings.seeds },
        why: "\(better[0]) and \(better[1]) of \(settings.seeds) seeds are below it at the end"),
    ]
  }

  /// Returns the largest variance of evolution strategies over the smallest.
  private func spread(_ variances: [EstimatorVariances]) -> Double {
    let values = variances.map(\.evolutionStrategies)
    return (values.max() ?? .nan) / (values.min() ?? .nan)
  }

  /// Returns a sentence on whether the variance of evolution strategies is constant, for each σ.
  private func constancy(_ length: Int, _ variances: [[EstimatorVariances]]) -> String {
    let parts = zip(settings.sigmas, variances).map { sigma, variances in
      let values = variances.map(\.evolutionStrategies)
      return "σ = \(sigma.short) from \((values.min() ?? .nan).short) to \((values.max() ?? .nan).short)"
    }
    return "K = \(length.grouped): the variance of ES goes, with \(parts.joined(separator: ", with "))."
  }

  /// Returns a sentence on where back-propagation begins to vary more than evolution strategies.
  private func crossing(_ length: Int, _ variances: [EstimatorVariances]) -> String {
    let ratios = variances.map { ($0.reparameterization ?? .infinity) / $0.evolutionStrategies }
    let span = "ratio \((ratios.min() ?? 0).short) to \((ratios.max() ?? 0).short)"
    let above = zip(settings.checkpoints, ratios).filter { $0.1 > 1 }.map { $0.0 }
    guard let first = above.first else {
      return "K = \(length.grouped): the reparameterization's variance never passes that of ES (\(span))."
    }
    let share = above.count == ratios.count ? "at every one" : "at \(above.count) of \(ratios.count)"
    return "K = \(length.grouped): the reparameterization's variance is above that of ES \(share) of the looked-at "
      + "outer-iterations, first at \(first.grouped) (\(span))."
  }

  /// Returns a sentence on the combined estimator's variance. One variance of few draws is itself uncertain, so it
  /// gives the mean.
  private func worstRatio(_ found: Found) -> String {
    let ratios = found.variances.flatMap { $0[0] }.map(\.ratio)
    let moments = SampleMoments(ratios)
    let error = (moments.variance / Double(ratios.count)).squareRoot()
    return "The combined estimator's variance over the smaller of the two: mean \(moments.mean.short) ± "
      + "\(error.short) over the \(ratios.count) measurements of \(settings.draws) outer-gradients, "
      + "at most \((ratios.max() ?? 0).short)."
  }

  private func final(_ found: Found) -> String {
    let parts = Objective.allCases.map { objective in
      let last = runs(found, objective).map { $0[$0.count - 1] }
      return "\(objective.rawValue) objective \(median(last.map(\.train)).short) and "
        + "\(median(last.map(\.validation)).short)"
    }
    return "Training and validation loss after \(settings.outerIterations.grouped) outer-iterations, median over the "
      + "runs: \(parts.joined(separator: "; ")); tuned Adam \(level(found, .train).short) and "
      + "\(level(found, .validation).short)."
  }

  private var described: String {
    let life = settings.preset == .small ? InnerSettings.small.life : InnerSettings.paper.life
    let (outer, curriculum) = (settings.outer, settings.outer.curriculum)
    return [
      "\(settings.problem) on \(UserPath.name(dataset.folder.path)), batch \(settings.batch)",
      "\(settings.seeds) runs of each objective with the combined estimator of \(outer.pairs) pairs, σ = \(outer.sigma)",
      "Adam \(outer.learningRate.short) (train) and \(settings.validationLearningRate.short) (validation), \(outer.freshBatches) fresh batch(es) a step",
      "K from \(curriculum.from) to \(curriculum.to.grouped) over \(curriculum.over.grouped) outer-iterations",
      "life of a task \(life.from.grouped) to \(life.to.steps)",
      "variances of unrolls from the initialisation, \(settings.draws) outer-gradients at each θ",
      "evaluation on \(settings.tasks) tasks of \(settings.steps.steps); seed \(settings.seed).",
    ].joined(separator: "; ")
  }

  private func runs(_ found: Found, _ objective: Objective) -> [[MeanLosses]] {
    trainings.filter { $0.objective == objective }.compactMap { found.losses[$0] }
  }

  private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  private func variancePanels(_ found: Found) -> [Plot.Panel] {
    zip(settings.lengths, found.variances).map { length, bySigma in
      func series(_ name: String, _ colour: Int, _ value: (EstimatorVariances) -> Double?) -> [Plot.Series] {
        zip(settings.sigmas.indices, bySigma).map { index, variances in
          Plot.Series(
            index == 0 ? name : "",
            zip(settings.checkpoints, variances).map { .init(problems($0), value($1) ?? .infinity) },
            isDashed: index > 0, isThin: index > 0, colour: colour)
        }
      }
      return Plot.Panel(
        "variance, K = \(length.grouped)", x: "inner problems", y: "variance", yIsLogarithmic: true,
        series: series("reparameterization", 0, \.reparameterization) + series("ES", 1, \.evolutionStrategies)
          + series("combined", 2, \.combined))
    }
  }

  /// Returns the number of inner problems that a run has trained on.
  private func problems(_ outerIteration: Int) -> Double { Double(outerIteration * settings.outer.pairs) }

  private func loss(_ losses: MeanLosses, _ objective: Objective) -> Double {
    objective == .train ? losses.train : losses.validation
  }

  /// Returns the loss of Adam that is tuned for it.
  private func level(_ found: Found, _ objective: Objective) -> Double {
    found.adam[objective].map { loss($0, objective) } ?? .nan
  }

  private func lossPanel(_ found: Found, _ objective: Objective) -> Plot.Panel {
    let runs = runs(found, objective).map { $0.map { loss($0, objective) } }
    let best = runs.indices.min { runs[$0][runs[$0].count - 1] < runs[$1][runs[$1].count - 1] }
    let lines = runs.enumerated().map { index, values in
      Plot.Series(
        index == best ? "the best at the end" : "", zip(settings.checkpoints, values).map { .init(problems($0), $1) },
        isThin: index != best, colour: index == best ? 5 : 0)
    }
    let adam = Plot.Series(
      "tuned Adam", [0, settings.outerIterations].map { .init(problems($0), level(found, objective)) },
      style: .optimizer("adam"))
    return Plot.Panel(
      "\(objective.rawValue) objective", x: "inner problems",
      y: "\(objective == .train ? "training" : "validation") loss", series: lines + [adam])
  }

  private func lossTable(_ found: Found) -> CSVTable {
    let adam = Objective.allCases.map { objective in
      let losses = found.adam[objective]
      return ["adam", objective.rawValue, "", "", CSVTable.number(losses?.train), CSVTable.number(losses?.validation)]
    }
    return CSVTable(
      columns: ["optimizer", "objective", "run", "outer_iteration", "train_loss", "validation_loss"],
      rows: trainings.flatMap { training in
        zip(settings.checkpoints, found.losses[training] ?? []).map { iteration, losses in
          [
            "learned", training.objective.rawValue, "\(training.number)", "\(iteration)",
            CSVTable.number(losses.train), CSVTable.number(losses.validation),
          ]
        }
      } + adam)
  }

  private func varianceTable(_ found: Found) -> CSVTable {
    CSVTable(
      "variances", columns: ["inner_steps", "sigma", "outer_iteration", "reparameterization", "es", "combined"],
      rows: zip(settings.lengths, found.variances).flatMap { length, bySigma in
        zip(settings.sigmas, bySigma).flatMap { sigma, variances in
          zip(settings.checkpoints, variances).map { iteration, found in
            ["\(length)", "\(sigma)", "\(iteration)"]
              + [found.reparameterization, found.evolutionStrategies, found.combined].map { CSVTable.number($0) }
          }
        }
      })
  }
}
