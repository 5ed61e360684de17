import Foundation
import TestSupport
import Testing

/// Every figure at the scale of seconds, as a process that is killed.
@Suite struct TinyFigureTests {
  /// A figure with the options that it needs.
  enum Figure: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case one = "1"
    case three = "3"
    case four = "4"
    case five = "5"
    case seven = "7"
    case fifteen = "15"

    var testDescription: String { "figure \(rawValue)" }

    func options(_ place: Workplace) -> [String] {
      switch self {
      case .one:
        ["--dataset", place.dataset, "--problem", "mlp2x32", "--snapshot", place.snapshot, "--split", "train"]
      case .three: ["--snapshot", place.snapshot]
      case .four: []
      case .five, .seven, .fifteen: ["--dataset", place.folder.appending(path: "data").path]
      }
    }

    /// The number of points that are times, which come first; nil where none is.
    var times: Int? {
      switch self {
      case .one: 1
      case .seven, .fifteen: 12
      case .three, .four, .five: nil
      }
    }

    /// Returns a place with what the figure needs.
    func place(in folder: URL) throws -> Workplace {
      if [.five, .seven, .fifteen].contains(self) { _ = try SmallDataset.splitDigits(in: folder) }
      return try Workplace(in: folder)
    }
  }

  private func arguments(_ figure: Figure, _ place: Workplace, _ output: URL, threads: Int) -> [String] {
    ["figure", figure.rawValue, "--scale", "tiny", "--output", output.path, "--threads", "\(threads)"]
      + figure.options(place)
  }

  /// The file of points in a figure's folder.
  private func points(_ output: URL) -> URL? {
    let folder = output.appending(path: "points")
    let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return files?.first { $0.pathExtension == "jsonl" }
  }

  private func lines(_ output: URL) -> [Substring] {
    let text = points(output).flatMap { try? String(contentsOf: $0, encoding: .utf8) } ?? ""
    return text.split(separator: "\n")
  }

  /// The tables and the plots of a figure's folder, by name.
  private func files(_ output: URL) throws -> [String: Data] {
    let files = try FileManager.default.contentsOfDirectory(at: output, includingPropertiesForKeys: nil)
      .filter { $0.lastPathComponent != "points" }
    return try Dictionary(uniqueKeysWithValues: files.map { ($0.lastPathComponent, try Data(contentsOf: $0)) })
  }

  @Test(
    "a figure that is killed three times leaves what one does that is not, by one thread and by two",
    arguments: Figure.allCases)
  func killed(figure: Figure) throws {
    try withTemporaryFolder { folder in
      let place = try figure.place(in: folder)
      let whole = folder.appending(path: "whole")
      let result = try place.run("lopt", arguments(figure, place, whole, threads: 2))
      #expect(result.exitCode == 0, "\(result.errors)")
      let count = lines(whole).count
      #expect(try files(whole).keys.contains("figure\(figure.rawValue).pdf"))
      try checkBorder(whole.appending(path: "figure\(figure.rawValue).svg"))

      let killed = folder.appending(path: "killed")
      if let times = figure.times {
        // After the settings, times that were measured say how many steps or outer-iterations count.
        try FileManager.default.createDirectory(
          at: killed.appending(path: "points"), withIntermediateDirectories: true)
        let file = try #require(points(whole))
        try (lines(whole)[...times].joined(separator: "\n") + "\n").write(
          to: killed.appending(path: "points/\(file.lastPathComponent)"), atomically: true, encoding: .utf8)
      }
      let arguments = arguments(figure, place, killed, threads: 1)
      for part in 1...3 {
        let process = try ToolProcess("lopt", arguments)
        try process.wait { _ in lines(killed).count > part * count / 5 || !process.isRunning }
        process.send(SIGKILL)
        _ = try process.wait()
      }
      #expect(try Set(files(killed).keys).isEmpty)
      let last = try place.run("lopt", arguments)
      #expect(last.exitCode == 0, "\(last.errors)")
      #expect(try files(killed) == files(whole))
    }
  }

  /// Throws where anything in a drawing touches its border.
  private func checkBorder(_ file: URL) throws {
    let script = Repository.root.appending(path: "Tools/Figures/border.py")
    _ = try Python.run(script: script, arguments: [file.path])
  }

  @Test("a drawing that touches its border is found")
  func touching() throws {
    try withTemporaryFolder { folder in
      func check(x: Int) throws {
        let file = folder.appending(path: "drawing.svg")
        let text = """
          <svg xmlns="http://www.w3.org/2000/svg" width="100" height="80"><rect x="\(x)" y="30" width="20" height="20"/></svg>
          """
        try Data(text.utf8).write(to: file)
        try checkBorder(file)
      }
      try check(x: 40)
      for x in [85, -5] { #expect(throws: ToolProcessError.self) { try check(x: x) } }
    }
  }

  @Test("--explain prints the work and what it costs, and writes nothing", arguments: Figure.allCases)
  func explained(figure: Figure) throws {
    try withTemporaryFolder { folder in
      let place = try figure.place(in: folder)
      let output = folder.appending(path: "figures")
      let result = try place.run("lopt", arguments(figure, place, output, threads: 2) + ["--explain"])
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.hasPrefix("work"))
      #expect(result.output.contains("core-hours") && result.output.contains("ms an inner step; 0 % of it is done"))
      #expect(!FileManager.default.fileExists(atPath: output.path))
    }
  }
}
