/// Lines in one or several panels, and what is to be said of them.
package struct Plot: Sendable, Equatable {
  /// A pair of numbers, and the band around it where there is one. What is not finite, or not above 0 on a logarithmic
  /// axis, is left out.
  package struct Point: Sendable, Equatable {
    package var x: Double
    package var y: Double
    /// The band's edges; nil: no band here.
    package var low: Double?
    package var high: Double?

    package init(_ x: Double, _ y: Double, low: Double? = nil, high: Double? = nil) {
      self.x = x
      self.y = y
      self.low = low
      self.high = high
    }
  }

  /// A line through points, in their order.
  package struct Series: Sendable, Equatable {
    /// What the legend calls it; empty: it is not in the legend.
    package var name: String
    package var points: [Point]
    package var isDashed: Bool
    /// Whether the line is a thin one, for what others lie over.
    package var isThin: Bool
    /// The number of its colour in ``Plot/colours``; nil: its own number in the panel.
    package var colour: Int?

    package init(
      _ name: String, _ points: [Point], isDashed: Bool = false, isThin: Bool = false, colour: Int? = nil
    ) {
      self.name = name
      self.points = points
      self.isDashed = isDashed
      self.isThin = isThin
      self.colour = colour
    }
  }

  /// A pair of axes with its lines.
  package struct Panel: Sendable, Equatable {
    package var title: String
    package var xLabel: String
    package var yLabel: String
    package var xIsLogarithmic: Bool
    package var yIsLogarithmic: Bool
    package var series: [Series]

    package init(
      _ title: String, x xLabel: String, y yLabel: String, xIsLogarithmic: Bool = false, yIsLogarithmic: Bool = false,
      series: [Series]
    ) {
      self.title = title
      self.xLabel = xLabel
      self.yLabel = yLabel
      self.xIsLogarithmic = xIsLogarithmic
      self.yIsLogarithmic = yIsLogarithmic
      self.series = series
    }
  }

  package var title: String
  /// Stands below the panels, in lines of the plot's width; a newline in it begins a new one.
  package var caption: String
  /// From left to right, then from top to bottom.
  package var panels: [Panel]

  package init(title: String, caption: String, panels: [Panel]) {
    self.title = title
    self.caption = caption
    self.panels = panels
  }

  /// The colours of lines, by number, in turn: Okabe and Ito's, which the colour-blind can tell apart, without their
  /// yellow, which is too light for a line.
  package static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]
}
