/// A plot: lines in one or several panels, with a title and a caption.
package struct Plot: Sendable, Equatable {
  /// A point of a line, and the band around it where there is one. A point that is not finite, or not above 0 on a
  /// logarithmic axis, is left out.
  package struct Point: Sendable, Equatable {
    /// The abscissa.
    package var x: Double
    /// The ordinate.
    package var y: Double
    /// The lower edge of the band; nil for no band here.
    package var low: Double?
    /// The upper edge of the band; nil for no band here.
    package var high: Double?

    /// Makes a point.
    package init(_ x: Double, _ y: Double, low: Double? = nil, high: Double? = nil) {
      self.x = x
      self.y = y
      self.low = low
      self.high = high
    }
  }

  /// A line through points, in their order.
  package struct Series: Sendable, Equatable {
    /// The name in the legend; empty for a line that is not in the legend.
    package var name: String
    /// The points, in the order in which they are joined.
    package var points: [Point]
    /// Whether the line is dashed.
    package var isDashed: Bool
    /// Whether the line is thin, so that others can lie over it.
    package var isThin: Bool
    /// The number of its colour in ``Plot/colours``; nil for its own number in the panel.
    package var colour: Int?

    /// Makes a line.
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
    /// The title above the axes.
    package var title: String
    /// The label of the horizontal axis.
    package var xLabel: String
    /// The label of the vertical axis.
    package var yLabel: String
    /// Whether the horizontal axis is logarithmic.
    package var xIsLogarithmic: Bool
    /// Whether the vertical axis is logarithmic.
    package var yIsLogarithmic: Bool
    /// The lines, in the order of the legend.
    package var series: [Series]

    /// Makes a panel.
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

  /// The title above all panels.
  package var title: String
  /// The caption below the panels, in lines of the plot's width; a newline in it begins a new line.
  package var caption: String
  /// The panels, from left to right, then from top to bottom.
  package var panels: [Panel]

  /// Makes a plot.
  package init(title: String, caption: String, panels: [Panel]) {
    self.title = title
    self.caption = caption
    self.panels = panels
  }

  /// The colours of lines, in turn.
  ///
  /// They are Okabe and Ito's, which the colour-blind can tell apart, without the yellow, which is too light for a
  /// line.
  package static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]
}
