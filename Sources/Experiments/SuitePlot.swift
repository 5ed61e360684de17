package import Evaluation

extension Plot {
  /// Plots the performance profiles of a suite: the share of rows in which an optimizer's loss is at most so many times that
  /// of the best baseline.
  ///
  /// - Parameters:
  ///   - title: the title above the axes.
  ///   - caption: says what was run.
  package init(_ report: SuiteReport, title: String, caption: String) {
    let ratios = report.profiles.flatMap { $0.points.map(\.ratio) }
    let room = 1.1
    let ends = (low: (ratios.min() ?? 1) / room, high: (ratios.max() ?? 1) * room)
    self.init(
      title: title, caption: caption,
      panels: [
        Panel(
          "share of \(report.rows.count) rows at or below a ratio", x: "loss ÷ best baseline's loss",
          y: "share of rows",
          xIsLogarithmic: true,
          series: report.profiles.map { profile in
            Series(
              profile.optimizer, profile.steps(from: ends.low, to: ends.high), style: .optimizer(profile.optimizer))
          })
      ])
  }
}

extension SuiteReport.Profile {
  /// Returns the corners of the profile as a staircase between two ratios.
  fileprivate func steps(from low: Double, to high: Double) -> [Plot.Point] {
    var share = 0.0
    var corners = [Plot.Point(low, 0)]
    for point in points {
      corners += [Plot.Point(point.ratio, share), Plot.Point(point.ratio, point.share)]
      share = point.share
    }
    return corners + [Plot.Point(high, share)]
  }
}
