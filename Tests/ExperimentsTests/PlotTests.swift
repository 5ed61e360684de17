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

  private func svg(_ plot: Plot) throws -> String {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "plot.svg")
      try plot.write(svg: file)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["plot.svg"])
      return try String(contentsOf: file, encoding: .utf8)
    }
  }

  private let line = Plot.Series("line", [.init(1, 1), .init(2, 4), .init(3, 9)])

  @Test("a plot has title, labels, legend and caption, is whole, and has the same bytes each time")
  func whole() throws {
    let plot = plot([line, .init("it's _odd_ {text}", [.init(1, 2, low: 1, high: 3), .init(3, 4, low: 2, high: 9)])])
    let text = try svg(plot)
    for word in ["the title", "panel", "loss", "line", "it's _odd_ {text}", "what it shows"] {
      #expect(text.contains(word), "\(word)")
    }
    #expect(text.contains("</svg>"))
    #expect(try svg(plot) == text)
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
    func script(_ values: [Double]) -> String {
      plot([.init("line", values.map { .init($0, $0) })], logarithmic: true).script(writing: "plot.svg")
    }
    let narrow = script([0.4, 3])
    #expect(narrow.contains("set ytics (1e-1, 2e-1, 5e-1, 1e0, 2e0, 5e0, 1e1, 2e1, 5e1)"))
    #expect(narrow.contains("set yrange [0.36"))
    #expect(script([0.001, 3]).contains("set ytics autofreq"))
    #expect(plot([line]).script(writing: "plot.svg").contains("set yrange [*:*]"))
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
    let error = try #require(throws: FileError.self) { try plot([line]).write(svg: file) }
    #expect(error.exitCode == .cannotCreate)
    #expect(error.description.contains("/no/such/folder/plot.svg"))
  }
}
