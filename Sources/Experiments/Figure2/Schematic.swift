/// A drawing of boxes, texts and arrows, at places in pixels from the lower left corner.
struct Schematic: Drawing, Equatable {
  /// A rectangle with a text in it.
  struct Box: Equatable {
    var text: String
    var centre: Place
    var width = 74.0
    var height = 34.0
    /// The colour of its area, `#` and six hexadecimal digits.
    var colour: String
  }

  /// A place in pixels.
  struct Place: Equatable {
    var x: Double
    var y: Double

    init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// An arrow from one place to another.
  struct Arrow: Equatable {
    var from: Place
    var to: Place
    var style = LineStyle(colour: "#404040", dash: [])
    /// Whether it has a head at its beginning too.
    var isTwoWay = false
  }

  /// A text without a box.
  struct Text: Equatable {
    var text: String
    var centre: Place
    var colour = "#202020"
  }

  var title: String
  var caption: String
  var width: Double
  var height: Double
  var boxes: [Box]
  var arrows: [Arrow]
  var texts: [Text]

  func script(writing path: String, as form: DrawingForm) -> String {
    let rectangles = boxes.enumerated().map { number, box in
      "set object \(number + 1) rectangle center \(box.centre.x), \(box.centre.y) size \(box.width), \(box.height) "
        + "fillcolor rgb \"\(box.colour)\" fillstyle solid 1.0 border linecolor rgb \"#404040\""
    }
    let labels = (boxes.map { Text(text: $0.text, centre: $0.centre) } + texts).enumerated().map { number, text in
      "set label \(number + 1) \(Gnuplot.quoted(text.text)) at \(text.centre.x), \(text.centre.y) center front "
        + "textcolor rgb \"\(text.colour)\""
    }
    let lines = arrows.enumerated().map { number, arrow in
      let dash =
        arrow.style.dash.isEmpty ? "" : " dashtype (\(arrow.style.dash.map { "\($0)" }.joined(separator: ",")))"
      return "set arrow \(number + 1) from \(arrow.from.x), \(arrow.from.y) to \(arrow.to.x), \(arrow.to.y) "
        + "\(arrow.isTwoWay ? "heads" : "head") filled size 8,20 linecolor rgb \"\(arrow.style.colour)\" linewidth 1.4\(dash)"
    }
    return """
      set encoding utf8
      \(Gnuplot.terminal(form, width: width, height: height))
      set output \(Gnuplot.quoted(path))
      unset border
      unset tics
      unset key
      set lmargin at screen 0
      set rmargin at screen 1
      set bmargin at screen 0
      set tmargin at screen 1
      set xrange [0:\(width)]
      set yrange [0:\(height)]
      \((rectangles + lines + labels).joined(separator: "\n"))
      plot NaN
      unset output

      """
  }
}
