/// The place of a panel's legend.
extension Plot.Panel {
  /// A corner inside the axes.
  enum Corner: CaseIterable {
    case topRight, topLeft, bottomRight, bottomLeft

    /// The corner as gnuplot names it.
    var name: String {
      switch self {
      case .topRight: "top right"
      case .topLeft: "top left"
      case .bottomRight: "bottom right"
      case .bottomLeft: "bottom left"
      }
    }
  }

  /// The names in the legend.
  var names: [String] { visible.filter { !$0.points.isEmpty && !$0.name.isEmpty }.map(\.name) }

  /// Returns the first corner in which the legend covers no line, dot or band; nil where there is none, or a map lies
  /// under all of them.
  ///
  /// - Parameters:
  ///   - width: the legend's width as a share of the axes'.
  ///   - height: its height as a share of the axes'.
  func freeCorner(width: Double, height: Double) -> Corner? {
    guard map == nil, width < 1, height < 1 else { return nil }
    let (xAxis, yAxis) = (xAxis, yAxis)
    let drawn = visible.map { line in
      line.points.map { point in
        (
          x: xAxis.share(point.x),
          low: yAxis.share(hasBand(point) ? min(point.low ?? point.y, point.y) : point.y),
          high: yAxis.share(hasBand(point) ? max(point.high ?? point.y, point.y) : point.y)
        )
      }
    }
    return Corner.allCases.first { corner in
      let isRight = corner == .topRight || corner == .bottomRight
      let isTop = corner == .topRight || corner == .topLeft
      let columns = isRight ? (1 - width)...1 : 0...width
      let rows = isTop ? (1 - height)...1 : 0...height
      return !zip(visible, drawn).contains { line, points in
        points.contains { columns.contains($0.x) && $0.low <= rows.upperBound && $0.high >= rows.lowerBound }
          || !line.isDots && zip(points, points.dropFirst()).contains { crosses($0, $1, columns, rows) }
      }
    }
  }

  /// Returns whether the piece of a line between two points comes into a rectangle.
  private func crosses(
    _ from: (x: Double, low: Double, high: Double), _ to: (x: Double, low: Double, high: Double),
    _ columns: ClosedRange<Double>, _ rows: ClosedRange<Double>
  ) -> Bool {
    let pieces = 24
    return (1..<pieces).contains { piece in
      let share = Double(piece) / Double(pieces)
      func between(_ a: Double, _ b: Double) -> Double { a + share * (b - a) }
      return columns.contains(between(from.x, to.x)) && between(from.low, to.low) <= rows.upperBound
        && between(from.high, to.high) >= rows.lowerBound
    }
  }
}
