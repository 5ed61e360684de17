/// The plot as a script in gnuplot's language.
extension Plot: Drawing {
  /// The width of a letter of an average text, in pixels; wide letters get some more room by it.
  private static let letterWidth = 6.6
  private static let lineHeight = 16.0
  private static let axesWidth = 310.0
  private static let axesHeight = 220.0
  private static let leftMargin = 74.0
  private static let rightMargin = 22.0
  /// The room of the scale of colours beside a map.
  private static let scaleWidth = 88.0
  private static let topMargin = 34.0
  private static let bottomMargin = 50.0
  /// The room in a legend beside a name: the line, and what is around.
  private static let sampleWidth = 48.0

  /// The number of panels that stand side by side.
  var columns: Int {
    switch panels.count {
    case ...3: max(panels.count, 1)
    case 4: 2
    default: 3
    }
  }

  /// Where a panel lies, in pixels from the lower left corner of the plot.
  private struct Place {
    var left: Double
    var bottom: Double
    /// The corner of the legend; nil for one below the axes.
    var corner: Panel.Corner?
  }

  /// The room that a row of panels needs below the axes' labels.
  private func roomBelow(_ row: [Panel]) -> Double {
    row.map { Self.namesHeight($0) + Self.legendHeight($0) }.max() ?? 0
  }

  /// The height of the slanted names of places below an axis.
  private static func namesHeight(_ panel: Panel) -> Double {
    0.65 * letterWidth * Double(panel.xNames.map(\.text.count).max() ?? 0)
  }

  private static func corner(_ panel: Panel) -> Panel.Corner? {
    let width = letterWidth * Double(panel.names.map(\.count).max() ?? 0) + sampleWidth
    let height = lineHeight * Double(panel.names.count) + 8
    return panel.freeCorner(width: width / axesWidth, height: height / axesHeight)
  }

  private static func legendHeight(_ panel: Panel) -> Double {
    panel.names.isEmpty || corner(panel) != nil ? 0 : lineHeight * Double(legendRows(panel)) + 4
  }

  /// The rows of a legend below the axes, whose columns are as wide as the longest name.
  private static func legendRows(_ panel: Panel) -> Int {
    let width = letterWidth * Double(panel.names.map(\.count).max() ?? 0) + sampleWidth
    let columns = max(1, Int((axesWidth + leftMargin) / width))
    return (panel.names.count + columns - 1) / columns
  }

  /// Returns the script that makes gnuplot write the plot to a file.
  package func script(writing path: String, as form: DrawingForm) -> String {
    let rows = stride(from: 0, to: panels.count, by: columns).map {
      Array(panels[$0..<min($0 + columns, panels.count)])
    }
    let widths = (0..<columns).map { column in
      let hasMap = rows.contains { $0.indices.contains(column) && $0[column].map != nil }
      return Self.leftMargin + Self.axesWidth + (hasMap ? Self.scaleWidth : Self.rightMargin)
    }
    let heights = rows.map { Self.topMargin + Self.axesHeight + Self.bottomMargin + roomBelow($0) }
    let (width, height) = (widths.reduce(0, +), max(heights.reduce(0, +), 100))
    var top = height
    var texts: [String] = []
    for (row, rowHeight) in zip(rows, heights) {
      for (column, panel) in row.enumerated() {
        let place = Place(
          left: widths[..<column].reduce(0, +) + Self.leftMargin, bottom: top - Self.topMargin - Self.axesHeight,
          corner: Self.corner(panel))
        texts.append(script(panel, number: texts.count, at: place, width: width, height: height))
      }
      top -= rowHeight
    }
    return """
      set encoding utf8
      \(Gnuplot.terminal(form, width: width, height: height))
      set output \(Gnuplot.quoted(path))
      set grid linecolor rgb "#dddddd" linetype 1 linewidth 0.5
      set border linecolor rgb "#606060"
      set tics textcolor rgb "#202020"
      set format "%g"
      set palette defined (0 "#440154", 1 "#31688e", 2 "#35b779", 3 "#fde725")
      set multiplot
      \(texts.joined(separator: "\n"))
      unset multiplot
      unset output

      """
  }

  /// Returns the commands of one panel.
  private func script(_ panel: Panel, number: Int, at place: Place, width: Double, height: Double) -> String {
    func x(_ pixels: Double) -> String { "\(pixels / width)" }
    func y(_ pixels: Double) -> String { "\(pixels / height)" }
    let top = place.bottom + Self.axesHeight
    // The letter is that of the panel's place, which no title has to repeat.
    let letter = panels.count > 1 ? "abcdefghijklmnopqrstuvwxyz".map { String($0) }[number % 26] : ""
    let titleLeft = place.left + (letter.isEmpty ? 0 : 18)
    var legend = "unset key"
    if let corner = place.corner {
      legend = "set key inside \(corner.name) Left reverse samplen 1.8 maxrows 99 noopaque"
    } else if !panel.names.isEmpty {
      let below = place.bottom - Self.bottomMargin - Self.namesHeight(panel)
      legend =
        "set key at screen \(x(place.left + Self.axesWidth / 2)), screen \(y(below + 6)) center top Left reverse "
        + "samplen 1.8 maxrows \(Self.legendRows(panel))"
    }
    return """
      unset label
      set lmargin at screen \(x(place.left))
      set rmargin at screen \(x(place.left + Self.axesWidth))
      set bmargin at screen \(y(place.bottom))
      set tmargin at screen \(y(top))
      set label 1 \(Gnuplot.quoted(letter)) at screen \(x(place.left)), screen \(y(top + 14)) left font "\(Font.bold),12"
      set label 2 \(Gnuplot.quoted(panel.title)) at screen \(x(titleLeft)), screen \(y(top + 14)) left font "\(Font.family),11"
      set xlabel \(Gnuplot.quoted(panel.xLabel)) offset 0,\((0.4 - Self.namesHeight(panel) / Self.lineHeight).short)
      set ylabel \(Gnuplot.quoted(panel.yLabel)) offset 0.5,0
      \(legend)
      \(panel.xAxis.script("x"))
      \(panel.yAxis.script("y"))
      \(panel.drawing(number: number))
      """
  }
}

extension Plot.Panel {
  /// Returns data and commands of what lies between the axes of the panel, which is number `number` of the plot.
  fileprivate func drawing(number: Int) -> String {
    var data: [String] = []
    var bands: [String] = []
    var pieces: [String] = []
    if let map {
      let name = "$p\(number)m"
      let rows = zip(map.y, map.values).flatMap { y, row in
        zip(map.x, row).map { x, value in "\(x) \(y) \(value.isFinite ? "\(value)" : "NaN")" }
      }
      data.append("\(name) << EOD\n\(rows.joined(separator: "\n"))\nEOD\nset cblabel \(Gnuplot.quoted(map.label))")
      bands.append("\(name) using 1:2:3 with image pixels notitle")
    }
    for (index, line) in visible.enumerated() where !line.points.isEmpty {
      let name = "$p\(number)s\(index)"
      let style = line.style ?? .numbered(index)
      let colour = "linecolor rgb \"\(style.colour)\""
      data.append("\(name) << EOD\n\(line.points.map { "\($0.x) \($0.y)" }.joined(separator: "\n"))\nEOD")
      let band = line.points.filter(hasBand).map { "\($0.x) \($0.low ?? $0.y) \($0.high ?? $0.y)" }
      if band.count > 1 {
        data.append("\(name)b << EOD\n\(band.joined(separator: "\n"))\nEOD")
        bands.append(
          "\(name)b using 1:2:3 with filledcurves fillstyle transparent solid 0.18 noborder \(colour) notitle")
      }
      let title = line.name.isEmpty ? "notitle" : "title \(Gnuplot.quoted(line.name))"
      if line.isDots || line.points.count == 1 {
        pieces.append("\(name) using 1:2 with points pointtype 7 pointsize 0.5 \(colour) \(title)")
        continue
      }
      let dash = line.isDashed ? [8, 5] : style.dash
      let dashes = dash.isEmpty ? "" : " dashtype (\(dash.map { "\($0)" }.joined(separator: ",")))"
      pieces.append("\(name) using 1:2 with lines \(colour) linewidth \(line.isThin ? 0.8 : 1.8)\(dashes) \(title)")
    }
    // Bands lie below all lines. Axes without anything need a function that has no values.
    let all = bands + pieces
    let plot = all.isEmpty ? "plot NaN notitle" : "plot " + all.joined(separator: ", \\\n  ")
    return (data + [plot]).joined(separator: "\n")
  }
}
