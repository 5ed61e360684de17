import Foundation

/// The plot as a script in gnuplot's language.
extension Plot {
  private static let panelWidth = 400
  private static let panelHeight = 330
  private static let titleHeight = 40
  private static let lineHeight = 17
  private static let margin = 14
  /// The most letters of a line's name of which two fit side by side below a panel.
  fileprivate static let shortName = 22
  /// The approximate width of a letter of the caption in pixels.
  private static let letterWidth = 5.3

  /// The number of panels that stand side by side.
  var columns: Int {
    switch panels.count {
    case ...3: max(panels.count, 1)
    case 4: 2
    default: 3
    }
  }

  /// Returns the script that makes gnuplot write the plot to a file.
  func script(writing path: String) -> String {
    let rows = max((panels.count + columns - 1) / columns, 1)
    let width = max(columns * Self.panelWidth, 3 * Self.panelWidth / 2)
    let lines = captionLines(width: width)
    let captionHeight = lines.count * Self.lineHeight + Self.margin
    let height = Self.titleHeight + rows * Self.panelHeight + captionHeight
    let captionLabels = lines.enumerated().map { number, line in
      let y = captionHeight - Self.lineHeight / 2 - number * Self.lineHeight
      return "set label \(number + 1) \(Self.quoted(line)) at screen \(Double(Self.margin) / Double(width)), "
        + "screen \(Double(y) / Double(height)) left noenhanced font \",11\" textcolor rgb \"#404040\""
    }
    let panelTexts = panels.enumerated().map { number, panel in
      let column = number % columns
      let bottom = captionHeight + (rows - 1 - number / columns) * Self.panelHeight
      let place = """
        set origin \(Double(column) / Double(columns)), \(Double(bottom) / Double(height))
        set size \(1 / Double(columns)), \(Double(Self.panelHeight) / Double(height))
        """
      return place + "\n" + panel.script(number: number)
    }
    return """
      set encoding utf8
      set terminal svg size \(width),\(height) noenhanced font "Arial,12" background rgb "white"
      set output \(Self.quoted(path))
      set grid linecolor rgb "#dddddd" linetype 1 linewidth 0.5
      set border linecolor rgb "#606060"
      set tics textcolor rgb "#202020" font ",11"
      set format "%g"
      set key below Left reverse samplen 1.6 width -2 font ",11"
      set tmargin 2
      \(captionLabels.joined(separator: "\n"))
      set multiplot title \(Self.quoted(title)) font ",15"
      \(panelTexts.joined(separator: "\nunset label\n"))
      unset multiplot
      unset output

      """
  }

  /// Returns the caption's lines, broken between words.
  private func captionLines(width: Int) -> [String] {
    let longest = Int(Double(width - 2 * Self.margin) / Self.letterWidth)
    var lines: [String] = []
    for paragraph in caption.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      for word in paragraph.split(separator: " ") {
        if !line.isEmpty && line.count + 1 + word.count > longest {
          lines.append(line)
          line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
      }
      if !line.isEmpty { lines.append(line) }
    }
    return lines
  }

  /// Returns a string as gnuplot takes it literally.
  fileprivate static func quoted(_ text: String) -> String {
    "'" + text.replacing("\n", with: " ").replacing("'", with: "''") + "'"
  }
}

extension Plot.Panel {
  /// Returns data and commands of one panel, which is number `number` of the plot.
  fileprivate func script(number: Int) -> String {
    var data: [String] = []
    var pieces: [String] = []
    for (index, line) in series.enumerated() {
      let visible = line.points.filter(isVisible)
      guard !visible.isEmpty else { continue }
      let name = "$p\(number)s\(index)"
      let colour = "linecolor rgb \"\(Plot.colours[(line.colour ?? index) % Plot.colours.count])\""
      let rows = visible.map { "\($0.x) \($0.y)" }
      data.append("\(name) << EOD\n\(rows.joined(separator: "\n"))\nEOD")
      let band = visible.filter(hasBand).map { "\($0.x) \($0.low ?? $0.y) \($0.high ?? $0.y)" }
      if band.count > 1 {
        data.append("\(name)b << EOD\n\(band.joined(separator: "\n"))\nEOD")
        pieces.append(
          "\(name)b using 1:2:3 with filledcurves fillstyle transparent solid 0.18 noborder \(colour) notitle")
      }
      let title = line.name.isEmpty ? "notitle" : "title \(Plot.quoted(line.name))"
      let style = visible.count == 1 ? "points pointtype 7 pointsize 0.6" : "lines"
      let dash = line.isDashed ? " dashtype (8,5)" : ""
      pieces.append("\(name) using 1:2 with \(style) \(colour) linewidth \(line.isThin ? 0.8 : 1.8)\(dash) \(title)")
    }
    // Axes without a line need ranges of their own.
    let plot = pieces.isEmpty ? "plot [1:10] [1:10] NaN notitle" : "plot " + pieces.joined(separator: ", \\\n  ")
    return """
      \(data.joined(separator: "\n"))
      set title \(Plot.quoted(title)) font ",13" offset 0,-0.5
      set xlabel \(Plot.quoted(xLabel)) offset 0,0.6
      set ylabel \(Plot.quoted(yLabel))
      set key maxrows \(legendRows)
      \(axis("x", xIsLogarithmic, series.flatMap { $0.points.filter(isVisible).map(\.x) }))
      \(axis("y", yIsLogarithmic, series.flatMap { $0.points.filter(isVisible).flatMap(heights) }))
      \(plot)
      """
  }

  /// The rows of the legend: two columns where names are short enough to stand side by side.
  private var legendRows: Int {
    let names = series.map(\.name.count)
    return names.max() ?? 0 <= Plot.shortName ? (names.count + 1) / 2 : 4
  }

  /// Returns the commands for the range and the numbers of an axis.
  ///
  /// A linear axis is left to gnuplot. It would extend a logarithmic one to whole powers of 10 and number only these.
  /// - Parameter values: all coordinates on the axis.
  private func axis(_ name: String, _ isLogarithmic: Bool, _ values: [Double]) -> String {
    guard isLogarithmic, let low = values.min(), let high = values.max() else {
      return "unset logscale \(name)\nset \(name)range [*:*]\nset \(name)tics autofreq"
    }
    let room = pow(max(high / low, 1.5), 0.04)
    let powers = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    let tics = powers.flatMap { power in [1, 2, 5].map { "\($0)e\(power)" } }
    return """
      set logscale \(name)
      set \(name)range [\(low / room):\(high * room)]
      set \(name)tics \(high / low < 300 ? "(\(tics.joined(separator: ", ")))" : "autofreq")
      """
  }

  private func heights(_ point: Plot.Point) -> [Double] {
    hasBand(point) ? [point.y, point.low ?? point.y, point.high ?? point.y] : [point.y]
  }

  private func isVisible(_ point: Plot.Point) -> Bool {
    isVisible(point.x, xIsLogarithmic) && isVisible(point.y, yIsLogarithmic)
  }

  private func hasBand(_ point: Plot.Point) -> Bool {
    guard let low = point.low, let high = point.high else { return false }
    return isVisible(low, yIsLogarithmic) && isVisible(high, yIsLogarithmic)
  }

  private func isVisible(_ value: Double, _ isLogarithmic: Bool) -> Bool {
    value.isFinite && (!isLogarithmic || value > 0)
  }
}
