import Engine
import Foundation

/// The panels, tables and sentences of figure 3.
extension Figure3 {
  func output(_ found: [Unrolled], outerParameter index: Int) -> FigureOutput {
    let toy = settings.toy
    let place = place(index)
    let letters = (first: "e", last: String(UnicodeScalar(UInt8(ascii: "d") + UInt8(found.count))))
    let smoothing = String(UnicodeScalar(UInt8(ascii: "e") + UInt8(found.count)))
    let caption = Caption(
      shows: "(a) The loss of one parameter w, and where training starts. (b) w over the steps of the heavy ball, for "
        + "\(toy.courses) momenta from 0 to \((1 - toy.lowest).short). (c) The loss after T steps over 1 − momentum. "
        + "(d) The outer-loss of a learned optimizer that trains an MLP, along the outer-gradient of T inner steps. "
        + "(\(letters.first)–\(letters.last)) The same along the outer-gradient and a random direction at right angles "
        + "to it. (\(smoothing)) The outer-loss over one outer-parameter, \(place), raw and smoothed by a Gaussian.",
      results: toyResults() + results(found), claims: claims(found), instance: described(place),
      paper:
        "(a–c) the same loss, start and learning rate, T = 5, 10, 20, 50; (d, e) an MLP and the learned optimizer, slices "
        + "along the outer-gradient in one and two dimensions for growing T; smoothing, with σ = 0.01, is in its text only"
    )
    return FigureOutput(
      title: "Figure 3: long unrolls make the outer-loss jagged; smoothing mends it", caption: caption,
      panels: toyPanels() + panels(found, place: place),
      tables: [sliceTable(found), mapTable(found), smoothingTable(found, index), variationTable(found)] + toyTables())
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

  private func described(_ place: String) -> String {
    let toy = settings.toy
    return "toy: (w − 4)(w − 3) w² + \(ToySurface.higherMinimumLoss.short) from w = \(toy.start.short), "
      + "m ← βm + g, w ← w − \(toy.rate.short) m, \(toy.points.grouped) momenta β. Learned optimizer: "
      + "\(section.instance.description); outer-loss the mean over the steps of the loss on \(settings.freshBatches) "
      + "fresh training batch(es) after each; θ \(thetaDescription); slices along unit directions to "
      + "\(settings.extent.short) on each side of θ, \(slice.count.grouped) values, in two dimensions "
      + "\(mapCoordinates.count) × \(mapCoordinates.count); smoothed: \(place), the outer-parameter in which the "
      + "outer-loss of \(settings.steepestAfter) steps is steepest, \(2 * settings.range) σ wide, "
      + "\(settings.valuesPerSigma) values in a σ of \(settings.sigma); one task, initialisation and order of "
      + "minibatches, seed \(settings.seed)."
  }

  /// Returns the paper's claims.
  private func claims(_ found: [Unrolled]) -> [Caption.Claim] {
    guard let first = found.first, let last = found.last else { return [] }
    return [
      Caption.Claim(
        "The more inner steps, the more jagged the outer-loss.",
        holds: last.slice.minima > first.slice.minima && last.raw.totalVariation > first.raw.totalVariation,
        why: "along the outer-gradient \(first.slice.minima) minima after \(first.length.steps), \(last.slice.minima) "
          + "after \(last.length.steps)"),
      Caption.Claim(
        "A Gaussian over the outer-parameters makes it smooth again.", holds: last.ratio > 2,
        why: "after \(last.length.steps) the total variation is \(last.raw.totalVariation.short), smoothed "
          + "\(last.smoothed.totalVariation.short)"),
    ]
  }

  private func results(_ found: [Unrolled]) -> [String] {
    func list(_ text: (Unrolled) -> String) -> String { found.map(text).joined(separator: "; ") }
    let slices = list { unrolled in
      "\(unrolled.length.steps) \(Self.text(unrolled.gradientNorm)), \(unrolled.slice.totalVariation.short) and "
        + "\(unrolled.slice.minima)"
    }
    let maps = list { unrolled in
      "\(unrolled.length.steps) \(Self.minima(unrolled.map)) (\(unrolled.mapRange.low.short) … "
        + "\(unrolled.mapRange.high.short))"
    }
    let smoothing = list { unrolled in
      "\(unrolled.length.steps) \(unrolled.raw.totalVariation.short) and \(unrolled.smoothed.totalVariation.short) "
        + "(\(unrolled.ratio.short) ×)"
    }
    let lost = found.filter { !$0.gradientNorm.isFinite || $0.gradientNorm == 0 }.map(\.length.steps)
    return [
      "Length of the outer-gradient at θ, total variation of the outer-loss along it and number of minima there: "
        + "\(slices).",
      "Number of minima of the outer-loss in two dimensions, and its range: \(maps).",
      "Total variation of the outer-loss over one outer-parameter, raw and smoothed: \(smoothing).",
    ]
      + (lost.isEmpty
        ? [] : ["No direction of an outer-gradient, a random one in its place: \(lost.joined(separator: ", "))."])
  }

  /// Returns a gradient's length, which may have exploded.
  private static func text(_ norm: Double) -> String {
    norm.isFinite && norm >= 1e6 ? String(format: "%.1e", norm) : norm.short
  }

  /// Returns the number of values within a grid, [rows][columns], that are below all eight around them.
  static func minima(_ grid: [[Double]]) -> Int {
    let inner = grid.indices.dropFirst().dropLast()
    return inner.reduce(0) { count, row in
      count
        + grid[row].indices.dropFirst().dropLast().count { column in
          let around = (row - 1...row + 1).flatMap { y in (column - 1...column + 1).map { (y, $0) } }
          return around.allSatisfy { ($0 == (row, column)) || grid[$0.0][$0.1] > grid[row][column] }
        }
    }
  }
}

/// The panels and tables of the learned optimizer.
extension Figure3 {
  private func panels(_ found: [Unrolled], place: String) -> [Plot.Panel] {
    let slices = Plot.Panel(
      "along the outer-gradient", x: "distance from θ", y: "outer-loss",
      series: found.map { Plot.Series($0.length.steps, $0.slice.plotPoints(), isThin: true) })
    let maps = found.map { unrolled in
      var panel = Plot.Panel(
        "in two dimensions, \(unrolled.length.steps)", x: "along the outer-gradient", y: "across it, at random",
        series: [Plot.Series("θ", [Plot.Point(0, 0)], colour: 6)])
      panel.map = Plot.Map(x: mapCoordinates, y: mapCoordinates, values: unrolled.map, label: "outer-loss")
      return panel
    }
    let ends = found.count > 1 ? [found[0], found[found.count - 1]] : found
    let smoothing = Plot.Panel(
      "smoothed, σ = \(settings.sigma)", x: "\(place), distance from θ", y: "outer-loss",
      series: ends.enumerated().flatMap { number, unrolled in
        [
          Plot.Series(
            "\(unrolled.length.steps), raw", unrolled.raw.plotPoints(), isThin: true, colour: 5 - number),
          Plot.Series("\(unrolled.length.steps), smoothed", unrolled.smoothed.plotPoints(), colour: number),
        ]
      })
    return [slices] + maps + [smoothing]
  }

  private func sliceTable(_ found: [Unrolled]) -> CSVTable {
    CSVTable(
      columns: ["distance"] + found.map { "outer_loss_\($0.length)" },
      rows: slice.indices.map { number in
        [CSVTable.number(slice[number].along)] + found.map { CSVTable.number($0.slice.values[number]) }
      })
  }

  private func mapTable(_ found: [Unrolled]) -> CSVTable {
    let coordinates = mapCoordinates
    return CSVTable(
      "map", columns: ["across", "along"] + found.map { "outer_loss_\($0.length)" },
      rows: coordinates.indices.flatMap { row in
        coordinates.indices.map { column in
          [CSVTable.number(coordinates[row]), CSVTable.number(coordinates[column])]
            // What the outer-loss is a mean of has single precision.
            + found.map { "\(Float($0.map[row][column]))" }
        }
      })
  }

  private func smoothingTable(_ found: [Unrolled], _ index: Int) -> CSVTable {
    CSVTable(
      "smoothing",
      columns: ["value_of_outer_parameter"] + found.flatMap { ["raw_\($0.length)", "smoothed_\($0.length)"] },
      rows: found[0].raw.values.indices.map { number in
        [CSVTable.number(Double(theta[index]) + found[0].raw.x(number))]
          + found.flatMap { [CSVTable.number($0.raw.values[number]), CSVTable.number($0.smoothed.values[number])] }
      })
  }

  private func variationTable(_ found: [Unrolled]) -> CSVTable {
    CSVTable(
      "variation",
      columns: [
        "inner_steps", "gradient_norm", "slice_total_variation", "slice_minima", "map_minima", "raw_total_variation",
        "smoothed_total_variation", "ratio",
      ],
      rows: found.map { unrolled in
        ["\(unrolled.length)", CSVTable.number(unrolled.gradientNorm)]
          + [CSVTable.number(unrolled.slice.totalVariation), "\(unrolled.slice.minima)"]
          + ["\(Self.minima(unrolled.map))"]
          + [unrolled.raw.totalVariation, unrolled.smoothed.totalVariation, unrolled.ratio].map { CSVTable.number($0) }
      })
  }
}

extension Figure3.Unrolled {
  /// The lowest and the highest outer-loss of the map.
  fileprivate var mapRange: (low: Double, high: Double) {
    let values = map.flatMap { $0 }
    return (values.min() ?? .nan, values.max() ?? .nan)
  }
}

extension SampledCurve {
  /// Returns the values as a line.
  fileprivate func plotPoints() -> [Plot.Point] { values.indices.map { Plot.Point(x($0), values[$0]) } }
}
