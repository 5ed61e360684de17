import Evaluation
import Files
import Foundation
import TestSupport
import Testing

@testable import Experiments

/// Plots as SVG files, drawn by gnuplot.
@Suite struct PlotTests {
  private func plot(_ series: [Plot.Series], logarithmic: Bool = false, panels: Int = 1) -> Plot {
    let panel = Plot.Panel(
      "panel", x: "x", y: "loss", xIsLogarithmic: logarithmic, yIsLogarithmic: logarithmic, series: series)
    return Plot(title: "the title", caption: "what it shows", panels: Array(repeating: panel, count: panels))
  }

  private func drawing(_ plot: Plot, _ form: DrawingForm = .svg) throws -> Data {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "plot")
      try plot.write(form, to: file)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["plot"])
      return try Data(contentsOf: file)
    }
  }

  private func svg(_ plot: Plot) throws -> String { String(decoding: try drawing(plot), as: UTF8.self) }

  private let line = Plot.Series("line", [.init(1, 1), .init(2, 4), .init(3, 9)])

  @Test("a plot has labels and a legend, its title and caption as text that is not drawn, and the same bytes each time")
  func whole() throws {
    let odd = Plot.Series("it's _odd_ {text}", [.init(1, 2, low: 1, high: 3), .init(3, 4, low: 2, high: 9)])
    let plot = plot([line, odd])
    let text = try svg(plot)
    for word in ["panel", "loss", "line", "it's _odd_ {text}"] { #expect(text.contains("<text>\(word)<"), "\(word)") }
    #expect(text.contains("<title>the title</title>") && text.contains("<desc>what it shows</desc>"))
    #expect(!text.contains("<text>the title<") && !text.contains("<text>what it shows<"))
    #expect(text.contains("</svg>"))
    #expect(try svg(plot) == text)
  }

  @Test("a plot is a PDF file too, the same bytes each time")
  func pdf() throws {
    let file = try drawing(plot([line]), .pdf)
    #expect(file.starts(with: Data("%PDF-".utf8)))
    // The format has a time of making, in seconds.
    Thread.sleep(forTimeInterval: 1.1)
    #expect(try drawing(plot([line]), .pdf) == file)
  }

  @Test("panels have letters in bold where there are several")
  func letters() throws {
    let bold = "font-weight=\"bold\""
    #expect(try !svg(plot([line])).contains("<text>a<"))
    let three = try svg(plot([line], panels: 3))
    for letter in ["a", "b", "c"] { #expect(three.contains("<text>\(letter)<")) }
    #expect(three.components(separatedBy: bold).count >= 4)
  }

  @Test("the legend is in a corner that no line, dot or band comes into, and below the axes where there is none")
  func legend() {
    func corner(_ series: [Plot.Series]) -> Plot.Panel.Corner? {
      plot(series).panels[0].freeCorner(width: 0.5, height: 0.3)
    }
    let rising = Plot.Series("rising", (0...10).map { .init(Double($0), Double($0)) })
    let falling = Plot.Series("falling", (0...10).map { .init(Double($0), Double(10 - $0)) })
    #expect(corner([falling]) == .topRight)
    #expect(corner([rising]) == .topLeft)
    #expect(corner([rising, falling]) == nil)
    // A line of two points crosses the corner between them; dots do not.
    let steep = Plot.Series("", [.init(6, -10), .init(9, 20)])
    #expect(corner([steep, .init("", [.init(0, 0)])]) == .topLeft)
    let band = Plot.Series("band", [.init(0, 0, low: 0, high: 10), .init(10, 0, low: 0, high: 10)])
    #expect(corner([band]) == nil)
  }

  @Test("a map is drawn cell by cell, with the scale of its colours; no legend lies on it")
  func map() throws {
    let map = Plot.Map(x: [0, 1, 2], y: [0, 1], values: [[1, 2, 3], [4, .nan, 6]], label: "outer-loss")
    let panel = Plot.Panel("map", x: "along", y: "across", series: [.init("start", [.init(1, 1)])], map: map)
    let text = try svg(Plot(title: "", caption: "", panels: [panel]))
    #expect(text.contains("<text>outer-loss<"))
    #expect(panel.freeCorner(width: 0.1, height: 0.1) == nil)
    #expect(panel.xAxis == Plot.Axis([-0.5, 2.5], isLogarithmic: false, room: 0))
  }

  @Test("an optimizer has one style in every figure, and no two the same")
  func styles() {
    let names = Contender.Kind.allCases.map(\.rawValue)
    let styles = names.map { LineStyle.optimizer($0) }
    #expect(styles.indices.allSatisfy { index in !styles[..<index].contains(styles[index]) })
    #expect(!styles.contains(LineStyle.optimizer("another")))
  }

  @Test("a point that is not finite, or not above 0 on a logarithmic axis, is left out")
  func leftOut() throws {
    let odd = Plot.Series("odd", [.init(1, 1), .init(2, .nan), .init(3, .infinity), .init(4, 2)])
    #expect(try svg(plot([odd])) == svg(plot([.init("odd", [.init(1, 1), .init(4, 2)])])))
    let negative = Plot.Series("odd", [.init(1, 1), .init(-2, 1), .init(3, 0), .init(4, 2)])
    #expect(
      try svg(plot([negative], logarithmic: true))
        == svg(plot([.init("odd", [.init(1, 1), .init(4, 2)])], logarithmic: true)))
  }

  @Test("a logarithmic axis spans what there is, with numbers between the powers of 10 where it spans few")
  func logarithmic() {
    func script(_ values: [Double]) -> String { Plot.Axis(values, isLogarithmic: true, room: 0.05).script("y") }
    let narrow = script([0.4, 3])
    #expect(narrow.contains("set ytics ('0.1' 0.1, '0.2' 0.2, '0.5' 0.5, '1' 1.0, '2' 2.0, '5' 5.0, '10' 10.0"))
    #expect(narrow.contains("set yrange [0.36"))
    #expect(script([0.01, 3]).contains("set ytics ('0.001' 0.001, '0.01' 0.01, '0.1' 0.1, '1' 1.0, '10' 10.0)"))
    let wide = script([1e-9, 1e9])
    #expect(wide.contains("('10⁻¹⁰' 1e-10, '10⁻⁶' 1e-06, '10⁻²' 0.01, '10²' 100.0, '10⁶' 1000000.0"), "\(wide)")
    #expect(
      Plot.Axis([1, 2], isLogarithmic: false, room: 0).script("x").contains("set xrange [1.0:2.0]\nset xtics 0.2"))
    // Long numbers need more room.
    func tics(_ to: Double) -> String { Plot.Axis([0, to], isLogarithmic: false, room: 0).script("x") }
    #expect(tics(60).contains("set xtics 10.0 ") && tics(0.0018).contains("set xtics 0.0004 "), "\(tics(0.0018))")
  }

  @Test("a panel without a line, a line of one point and a constant one are drawn too")
  func degenerate() throws {
    _ = try svg(plot([.init("nothing", [.init(.nan, 1)])], logarithmic: true))
    _ = try svg(plot([.init("one", [.init(1, 1)]), .init("flat", [.init(1, 2), .init(2, 2)])]))
    _ = try svg(plot([.init("flat", [.init(1, 2), .init(2, 2)])]))
  }

  @Test("any number of panels has a place", arguments: [1, 2, 3, 4, 5, 7])
  func panels(count: Int) throws {
    let text = try svg(plot([line], panels: count))
    #expect(text.components(separatedBy: ">panel<").count == count + 1)
  }

  @Test("a folder that is not there is an error that names it, and nothing is left behind")
  func noFolder() throws {
    let file = URL(filePath: "/no/such/folder/plot.svg")
    let error = try #require(throws: FileError.self) { try plot([line]).write(.svg, to: file) }
    #expect(error.exitCode == .cannotCreate)
    #expect(error.description.contains("/no/such/folder/plot.svg"))
  }
}
