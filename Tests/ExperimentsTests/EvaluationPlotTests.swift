import Engine
import Foundation
import Shards
import TestSupport
import Testing

@testable import Evaluation
@testable import Experiments

/// An evaluation's curves as a plot.
@Suite struct EvaluationPlotTests {
  /// Two optimizers whose losses fall from 2 to `end`, the second so many times slower in time.
  private func curves(end: Float = 0.5, slower: Double = 1, trials: Int? = nil) -> EvaluationCurves {
    let plan = EvaluationPlan(
      problem: "mlp2x32", split: .train, tasks: 3, initialisations: 2, steps: 60, batch: 8, seed: 1, tunedFor: .train,
      trials: trials, screen: trials == nil ? nil : 2)
    let runs = (0..<6).map { run in
      RunOutcome(
        curve: (0..<60).map { 2 + (end - 2) * Float($0) / 59 + 0.01 * Float(run) }, validationLoss: 0,
        validationAccuracy: 0)
    }
    return EvaluationCurves(
      plan, [(Contender(kind: .learned), runs), (Contender(kind: .adam, rate: 0.01), runs)],
      secondsPerStep: [1e-3 * slower, 1e-3])
  }

  @Test("two panels have a line with its band for each optimizer, by step and by time")
  func panels() throws {
    let curves = curves()
    let plot = Plot(curves)
    #expect(plot.panels.map(\.xLabel) == ["inner steps", "seconds"])
    for panel in plot.panels {
      #expect(panel.series.map(\.name) == ["learned", "adam, rate 0.01"])
      #expect(panel.series.allSatisfy { $0.points.count == 60 })
    }
    let (point, known) = (plot.panels[1].series[1].points[30], curves.curves[1].points[30])
    #expect(point == Plot.Point(known.seconds, known.median, low: known.lowerQuartile, high: known.upperQuartile))
  }

  @Test("an axis is logarithmic where a linear one would hide something")
  func axes() {
    let plain = Plot(curves())
    #expect(plain.panels.allSatisfy { !$0.xIsLogarithmic && !$0.yIsLogarithmic })
    #expect(Plot(curves(end: 0.01)).panels.allSatisfy { $0.yIsLogarithmic })
    #expect(Plot(curves(slower: 10)).panels.map(\.xIsLogarithmic) == [false, true])
  }

  @Test("the caption tells the plan, the tuning, and whose time a step takes")
  func caption() {
    let caption = Plot(curves(slower: 2, trials: 100)).caption
    for words in [
      "mlp2x32, 3 tasks of train × 2, 60 steps, batch 8", "tuned for the train loss",
      "by a grid of rates and 100 random trials, screened on 2 × 1", "medians over 6 training runs",
      "learned 2 ms, adam 1 ms", "adam: learning rate 0.01, beta1 0.9, beta2 1\u{A0}−\u{A0}0.001, epsilon 1e-08",
    ] {
      #expect(caption.contains(words), "\(words)")
    }
    #expect(!Plot(curves()).caption.contains("beta1"))
  }

  @Test("the plot of an evaluation is drawn, with the optimizers' names")
  func drawing() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "curves.svg")
      try Plot(curves()).write(.svg, to: file)
      let text = try String(contentsOf: file, encoding: .utf8)
      let names = ["Training loss of mlp2x32", "by step", "by wall-clock", "learned", "adam, rate 0.01"]
      #expect(names.filter { !text.contains(">\($0)<") } == [])
    }
  }
}
