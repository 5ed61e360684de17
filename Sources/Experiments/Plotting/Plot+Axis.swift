import Foundation

extension Plot {
  /// The range of an axis, which has some room beside what is drawn.
  struct Axis: Equatable {
    /// The coordinate at the axis's beginning.
    var from: Double
    /// The coordinate at its end.
    var to: Double
    /// Whether it is logarithmic.
    var isLogarithmic: Bool
    /// The names of places, which stand in the place of numbers; empty for numbers.
    var names: [Name] = []

    /// Returns the axis on which all values have a place.
    ///
    /// - Parameters:
    ///   - values: finite numbers, above 0 where the axis is logarithmic; without any the axis goes from 1 to 10.
    ///   - room: the share of the axis that is left free at each end.
    init(_ values: [Double], isLogarithmic: Bool, room: Double) {
      self.isLogarithmic = isLogarithmic
      guard let low = values.min(), let high = values.max() else {
        (from, to) = (1, 10)
        return
      }
      if isLogarithmic {
        let factor = pow(max(high / low, 1.5), room)
        (from, to) = (low / factor, high * factor)
      } else {
        let span = high > low ? high - low : max(abs(high) / 10, 1e-9)
        (from, to) = (low - room * span, high + room * span)
      }
    }

    /// Returns where a coordinate lies between the ends: 0 at the beginning, 1 at the end.
    func share(_ value: Double) -> Double {
      isLogarithmic ? log(value / from) / log(to / from) : (value - from) / (to - from)
    }

    /// Returns the commands for the axis of a name, `x` or `y`.
    func script(_ name: String) -> String {
      let tics = tics.map { "(\($0.map { "\(Gnuplot.quoted($0.text)) \($0.place)" }.joined(separator: ", ")))" }
      return """
        \(isLogarithmic ? "set" : "unset") logscale \(name)
        set \(name)range [\(from):\(to)]
        set \(name)tics \(tics ?? "\(distance)") \(names.isEmpty ? "norotate" : "rotate by 40 right")
        """
    }

    /// The distance of the numbers along a linear axis: 1, 2 or 5 times a power of 10, so that there are four to ten, and
    /// fewer where they are long.
    private var distance: Double {
      let span = to - from
      func text(_ number: Double) -> String { String(format: "%g", number) }
      var distance = pow(10, log10(span / 10).rounded(.up))
      for part in [5.0, 2] where span / (distance / part) <= 10 {
        distance /= part
        break
      }
      let numbers = stride(from: (from / distance).rounded(.up), through: to / distance, by: 1).map { $0 * distance }
      let letters = numbers.map { text($0).count + 2 }.reduce(0, +)
      let mostLetters = 44
      return letters > mostLetters ? distance * (letters > 2 * mostLetters ? 5 : 2) : distance
    }

    /// The numbers or names along the axis; nil for numbers at equal distances. Of a logarithmic axis gnuplot would
    /// number whole powers of 10 only, and as many as there are.
    private var tics: [Name]? {
      guard names.isEmpty else { return names }
      guard isLogarithmic else { return nil }
      let powers = Int(log10(from).rounded(.down))...Int(log10(to).rounded(.up))
      guard to / from >= 1_000 else {
        let factors = to / from < 100 ? [1.0, 2, 5] : [1.0]
        return powers.flatMap { power in factors.map { $0 * pow(10, Double(power)) } }
          .map { Name($0.short, at: $0) }
      }
      let most = 6
      let step = (powers.count + most - 1) / most
      return stride(from: powers.lowerBound, through: powers.upperBound, by: step).map { power in
        Name("10" + Self.superscript(power), at: pow(10, Double(power)))
      }
    }

    private static func superscript(_ number: Int) -> String {
      let digits: [Character: Character] = [
        "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
      ]
      return String("\(number)".map { digits[$0] ?? $0 })
    }
  }
}

extension Plot.Panel {
  /// The horizontal axis.
  var xAxis: Plot.Axis {
    var axis = Plot.Axis(
      visible.flatMap { $0.points.map(\.x) } + edges(map?.x), isLogarithmic: xIsLogarithmic,
      room: map == nil ? 0.03 : 0)
    axis.names = xNames
    return axis
  }

  /// The vertical axis.
  var yAxis: Plot.Axis {
    Plot.Axis(
      visible.flatMap { $0.points.flatMap(heights) } + edges(map?.y), isLogarithmic: yIsLogarithmic,
      room: map == nil ? 0.06 : 0)
  }

  /// Returns the edges of a map's first and last cells.
  private func edges(_ centres: [Double]?) -> [Double] {
    guard let centres, let first = centres.first, let last = centres.last else { return [] }
    let half = centres.count > 1 ? (last - first) / Double(2 * (centres.count - 1)) : 0.5
    return [first - half, last + half]
  }

  /// The lines, each with those of its points that have a place on the axes.
  var visible: [Plot.Series] {
    series.map { line in
      var line = line
      line.points = line.points.filter(isVisible)
      return line
    }
  }

  private func heights(_ point: Plot.Point) -> [Double] {
    hasBand(point) ? [point.y, point.low ?? point.y, point.high ?? point.y] : [point.y]
  }

  private func isVisible(_ point: Plot.Point) -> Bool {
    isVisible(point.x, xIsLogarithmic) && isVisible(point.y, yIsLogarithmic)
  }

  /// Returns whether a point has a band that can be drawn.
  func hasBand(_ point: Plot.Point) -> Bool {
    guard let low = point.low, let high = point.high else { return false }
    return isVisible(low, yIsLogarithmic) && isVisible(high, yIsLogarithmic)
  }

  private func isVisible(_ value: Double, _ isLogarithmic: Bool) -> Bool {
    value.isFinite && (!isLogarithmic || value > 0)
  }
}
