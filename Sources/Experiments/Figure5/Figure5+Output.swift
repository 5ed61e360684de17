import Engine
import Evaluation
import Files
import Foundation
import Shards

/// The panels, tables and sentences of figure 5.
extension Figure5 {
  func output(_ found: Found) -> FigureOutput {
    let caption = Caption(
      shows:
        "(a) The variance of an outer-gradient of \(settings.outer.pairs) pairs, summed over the outer-parameters, along "
        + "an outer-training with the train objective: by back-propagation (reparameterization), by evolution "
        + "strategies (ES) and combined. (b, c) The training and the validation loss that θ brings tasks of "
        + "outer-validation classes to, that over the last tenth of the steps, this after the last: median over the runs "
        + "of outer-training, and their range; dashed Adam, its learning rate tuned on the same tasks for each panel. "
        + "Where a sample was not finite the line of the reparameterization has no point.",
      results: settings.lengths.indices.map { crossing(settings.lengths[$0], found.variances[$0]) }
        + [worstRatio(found), final(found)],
      instance: instance,
      paper: "conv3x32 on ImageNet 32×32 (700 train classes), batch 128, 10,000 inner steps by the curriculum, the "
        + "combined estimator over 128 workers, several seeds, both objectives.")
    return FigureOutput(
      title: "Figure 5: the variance of outer-gradients, and performance over outer-training", caption: caption,
      panels: variancePanels(found) + [lossPanel(found, .train), lossPanel(found, .validation)],
      tables: [lossTable(found), varianceTable(found)])
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
    let ratios = found.variances.flatMap { $0 }.map(\.ratio)
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
    let adam = "\(found.adam[.train]?.train.short ?? "") and \(found.adam[.validation]?.validation.short ?? "")"
    return "Training and validation loss after \(settings.outerIterations.grouped) outer-iterations, median over the "
      + "runs: \(parts.joined(separator: "; ")); tuned Adam \(adam)."
  }

  private var instance: String {
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
    zip(settings.lengths, found.variances).map { length, variances in
      func series(_ name: String, _ value: (EstimatorVariances) -> Double?) -> Plot.Series {
        Plot.Series(
          name, zip(settings.checkpoints, variances).map { .init(Double($0), value($1) ?? .infinity) })
      }
      return Plot.Panel(
        "(a) K = \(length.grouped)", x: "outer-iteration", y: "variance", yIsLogarithmic: true,
        series: [
          series("reparameterization", \.reparameterization), series("ES", \.evolutionStrategies),
          series("combined", \.combined),
        ])
    }
  }

  private func lossPanel(_ found: Found, _ loss: Objective) -> Plot.Panel {
    func value(_ losses: MeanLosses) -> Double { loss == .train ? losses.train : losses.validation }
    let learned = Objective.allCases.map { objective in
      let runs = runs(found, objective)
      return Plot.Series(
        "\(objective.rawValue) objective",
        settings.checkpoints.indices.map { index in
          let values = runs.map { value($0[index]) }
          return .init(
            Double(settings.checkpoints[index]), median(values), low: values.min(), high: values.max())
        })
    }
    let level = found.adam[loss].map(value) ?? .nan
    let adam = Plot.Series(
      "tuned Adam", [.init(0, level), .init(Double(settings.outerIterations), level)], isDashed: true, colour: 6)
    return Plot.Panel(
      loss == .train ? "(b) training loss" : "(c) validation loss", x: "outer-iteration",
      y: "loss after \(settings.steps.steps)", series: learned + [adam])
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
      "variances", columns: ["inner_steps", "outer_iteration", "reparameterization", "es", "combined"],
      rows: zip(settings.lengths, found.variances).flatMap { length, variances in
        zip(settings.checkpoints, variances).map { iteration, found in
          ["\(length)", "\(iteration)"]
            + [found.reparameterization, found.evolutionStrategies, found.combined].map { CSVTable.number($0) }
        }
      })
  }
}
