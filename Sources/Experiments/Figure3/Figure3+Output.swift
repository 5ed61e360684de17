import Engine

/// The panels, tables and sentences of figure 3.
extension Figure3 {
  /// The curves of one number of inner steps, raw and smoothed.
  struct Curves {
    var length: Int
    var raw: SampledCurve
    var smoothed: SampledCurve

    /// The total variation of the raw curve over that of the smoothed one.
    var ratio: Double { raw.totalVariation / smoothed.totalVariation }
  }

  /// Returns the place of an outer-parameter in the network, as a tensor's name and indices.
  private func place(_ index: Int) -> String {
    let tensor = section.architecture.layout.tensors.first { $0.range.contains(index) }
    guard let tensor else { return "\(index)" }
    let offset = index - tensor.offset
    let columns = tensor.shape[tensor.shape.count - 1]
    let position = tensor.shape.count == 2 ? "\(offset / columns), \(offset % columns)" : "\(offset)"
    return "\(tensor.name)[\(position)]"
  }

  func output(_ curves: [Curves], toy: [Curves], outerParameter index: Int) -> FigureOutput {
    let place = place(index)
    func results(_ name: String, _ curves: [Curves]) -> String {
      let parts = curves.map { curve in
        "\(curve.length.steps) \(curve.raw.totalVariation.short) and \(curve.smoothed.totalVariation.short) "
          + "(\(curve.ratio.short) ×)"
      }
      return "Total variation of the outer-loss, raw and smoothed, \(name): \(parts.joined(separator: "; "))."
    }
    let value = Double(section.theta[index])
    let toyPanels = [("raw", toy.map(\.raw)), ("smoothed, σ = \(settings.toy.sigma)", toy.map(\.smoothed))]
      .map { kind, curves in
        Plot.Panel(
          "toy, \(kind)", x: "log learning rate", y: "loss after the last step",
          series: zip(settings.toy.lengths, curves).map { length, curve in
            Plot.Series(length.steps, curve.plotPoints(), isThin: true)
          })
      }
    let panels = curves.map { curve in
      Plot.Panel(
        "learned optimizer, \(curve.length.steps)", x: "\(place) of θ", y: "outer-loss",
        series: [
          Plot.Series("raw", curve.raw.plotPoints(from: value), isThin: true, colour: 5),
          Plot.Series("smoothed, σ = \(settings.sigma)", curve.smoothed.plotPoints(from: value), colour: 1),
        ])
    }
    let caption = Caption(
      shows: "The outer-loss over one outer-parameter, for growing numbers of inner steps, raw and smoothed by a "
        + "Gaussian over that outer-parameter.",
      results: [results("toy", toy), results("learned optimizer", curves)], instance: instance(index),
      paper:
        "a 1-D loss with two local minima, and a learned optimizer; unrolls up to thousands of inner steps, σ = 0.01")
    return FigureOutput(
      title: "Figure 3: long unrolls make the outer-loss jagged; smoothing mends it", caption: caption,
      panels: toyPanels + panels,
      tables: [
        table("", curves, column: "value_of_outer_parameter", from: value),
        table("toy", toy, column: "log_rate", from: 0),
        variation([("toy", toy), ("learned", curves)]),
      ])
  }

  private func instance(_ index: Int) -> String {
    let toy = settings.toy
    return "toy: ℓ(x) = (x − 4)(x − 3) x² from x = \(toy.start.short), gradient descent with momentum \(toy.momentum), "
      + "outer-loss ℓ after the last step (at most \(toy.clip.short)), outer-parameter the log learning rate, "
      + "\(toy.points) values. Learned optimizer: \(section.instance.description); outer-loss the mean over the steps of "
      + "the loss on \(settings.freshBatches) fresh training batch(es) after each; θ \(thetaDescription), \(place(index)) "
      + "moved, the one whose outer-loss of \(settings.steepestAfter) steps is steepest, \(2 * settings.range) σ wide, "
      + "\(settings.valuesPerSigma) values in a σ of \(settings.sigma); one task, initialisation and order of "
      + "minibatches, seed \(settings.seed)."
  }

  private func table(_ name: String, _ curves: [Curves], column: String, from value: Double) -> CSVTable {
    CSVTable(
      name, columns: [column] + curves.flatMap { ["raw_\($0.length)", "smoothed_\($0.length)"] },
      rows: curves[0].raw.values.indices.map { number in
        [CSVTable.number(value + curves[0].raw.x(number))]
          + curves.flatMap { [CSVTable.number($0.raw.values[number]), CSVTable.number($0.smoothed.values[number])] }
      })
  }

  private func variation(_ parts: [(String, [Curves])]) -> CSVTable {
    CSVTable(
      "variation", columns: ["part", "inner_steps", "raw_total_variation", "smoothed_total_variation", "ratio"],
      rows: parts.flatMap { name, curves in
        curves.map { curve in
          [name, "\(curve.length)"]
            + [curve.raw.totalVariation, curve.smoothed.totalVariation, curve.ratio].map { CSVTable.number($0) }
        }
      })
  }
}

extension SampledCurve {
  /// Returns the values as a line whose abscissae are counted from `origin`.
  fileprivate func plotPoints(from origin: Double = 0) -> [Plot.Point] {
    values.indices.map { Plot.Point(origin + x($0), values[$0]) }
  }
}
