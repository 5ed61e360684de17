/// Lines in one or several panels, and what is to be said of them.
public struct Plot: Sendable, Equatable {
  /// A pair of numbers, and the band around it where there is one. What is not finite, or not above 0 on a logarithmic
  /// axis, is left out.
  public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double
    /// The band's edges; nil: no band here.
    public var low: Double?
    public var high: Double?

    public init(_ x: Double, _ y: Double, low: Double? = nil, high: Double? = nil) {
      self.x = x
      self.y = y
      self.low = low
      self.high = high
    }
  }

  /// A line through points, in their order.
  public struct Series: Sendable, Equatable {
    /// What the legend calls it; empty: it is not in the legend.
    public var name: String
    public var points: [Point]
    public var isDashed: Bool
    /// Whether the line is a thin one, for what others lie over.
    public var isThin: Bool
    /// The number of its colour in ``Plot/colours``; nil: its own number in the panel.
    public var colour: Int?

    public init(
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
  public struct Panel: Sendable, Equatable {
    public var title: String
    public var xLabel: String
    public var yLabel: String
    public var xIsLogarithmic: Bool
    public var yIsLogarithmic: Bool
    public var series: [Series]

    public init(
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

  public var title: String
  /// Stands below the panels, in lines of the plot's width; a newline in it begins a new one.
  public var caption: String
  /// From left to right, then from top to bottom.
  public var panels: [Panel]

  public init(title: String, caption: String, panels: [Panel]) {
    self.title = title
    self.caption = caption
    self.panels = panels
  }

  /// The colours of lines, by number, in turn: Okabe and Ito's, which the colour-blind can tell apart, without their
  /// yellow, which is too light for a line.
  public static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]
}
