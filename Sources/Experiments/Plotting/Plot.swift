/// A plot: one or several panels of lines, dots or a map, with axes. What it shows is told beside it, not in it.
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

  /// A line through points, in their order, or dots at them.
  package struct Series: Sendable, Equatable {
    /// The name in the legend; empty for a line that is not in the legend.
    package var name: String
    /// The points, in the order in which they are joined.
    package var points: [Point]
    /// Whether the line is dashed, whatever its style's dashes are.
    package var isDashed: Bool
    /// Whether the line is thin, so that others can lie over it.
    package var isThin: Bool
    /// Whether there are dots at the points, and no line.
    package var isDots: Bool
    /// Its colour and dashes; nil for those of its own number in the panel.
    package var style: LineStyle?

    /// Makes a line.
    package init(
      _ name: String, _ points: [Point], isDashed: Bool = false, isThin: Bool = false, isDots: Bool = false,
      style: LineStyle? = nil
    ) {
      self.name = name
      self.points = points
      self.isDashed = isDashed
      self.isThin = isThin
      self.isDots = isDots
      self.style = style
    }

    /// Makes a line of a numbered colour.
    package init(
      _ name: String, _ points: [Point], isDashed: Bool = false, isThin: Bool = false, isDots: Bool = false,
      colour: Int
    ) {
      self.init(
        name, points, isDashed: isDashed, isThin: isThin, isDots: isDots, style: .numbered(colour))
    }
  }

  /// A function of two variables on a grid, which is drawn as an area of colours beside a scale.
  package struct Map: Sendable, Equatable {
    /// The abscissae, ascending at equal distances.
    package var x: [Double]
    /// The ordinates, ascending at equal distances.
    package var y: [Double]
    /// The values, [y][x]. One that is not finite is left white.
    package var values: [[Double]]
    /// The label of the scale of colours.
    package var label: String

    /// Makes a map.
    package init(x: [Double], y: [Double], values: [[Double]], label: String) {
      self.x = x
      self.y = y
      self.values = values
      self.label = label
    }
  }

  /// A name of a place on an axis.
  package struct Name: Sendable, Equatable {
    /// The coordinate of the place.
    package var place: Double
    /// The name that stands there.
    package var text: String

    /// Makes a name.
    package init(_ text: String, at place: Double) {
      self.text = text
      self.place = place
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
    /// The names of places on the horizontal axis, which stand there in the place of numbers; empty for numbers.
    package var xNames: [Name]
    /// The lines, in the order of the legend.
    package var series: [Series]
    /// What lies below the lines; its axes are linear.
    package var map: Map?

    /// Makes a panel.
    package init(
      _ title: String, x xLabel: String, y yLabel: String, xIsLogarithmic: Bool = false, yIsLogarithmic: Bool = false,
      xNames: [Name] = [], series: [Series], map: Map? = nil
    ) {
      self.title = title
      self.xLabel = xLabel
      self.yLabel = yLabel
      self.xIsLogarithmic = xIsLogarithmic
      self.yIsLogarithmic = yIsLogarithmic
      self.series = series
      self.map = map
      self.xNames = xNames
    }
  }

  /// The title, for those who cannot see the plot: an SVG file has it as text that is not drawn.
  package var title: String
  /// The description, for the same readers.
  package var caption: String
  /// The panels, from left to right, then from top to bottom. Where there are several, each has its letter.
  package var panels: [Panel]

  /// Makes a plot.
  package init(title: String, caption: String, panels: [Panel]) {
    self.title = title
    self.caption = caption
    self.panels = panels
  }
}
