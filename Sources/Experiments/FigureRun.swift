import Engine
import Files
package import Foundation

/// A run of a figure, which writes its files: data, plot and caption.
package struct FigureRun<Instance: Figure>: Sendable {
  private let figure: Instance
  private let folder: URL
  private let threads: Int
  private let isTrial: Bool

  /// Everything on which the points depend.
  private struct Identity: Encodable {
    var figure: String
    var settings: Instance.Settings
    var instructionSet: String
    var version = toolVersion
  }

  /// Prepares the run of a figure.
  ///
  /// - Parameters:
  ///   - output: the folder that gets the files; made where it is missing.
  ///   - threads: how many compute; 0 for one for each core. The results do not depend on it.
  ///   - isTrial: whether it is too small for the paper's claims to be tested.
  package init(_ figure: Instance, output: URL, threads: Int, isTrial: Bool = false) {
    self.figure = figure
    folder = output
    self.isTrial = isTrial
    self.threads = threads > 0 ? threads : SystemCall.processorCount
  }

  private var identity: Identity {
    Identity(figure: figure.pointsName, settings: figure.settings, instructionSet: figure.kernels.title)
  }
  private var pointsFolder: URL { folder.appending(path: "points") }

  /// Returns what running the figure costs by a rate that is measured now, and what of it is done already.
  ///
  /// Nothing is written.
  package func cost() throws -> FigureCost {
    FigureCost(
      work: figure.work,
      done: try FigureJournal.costOfKnown(in: pointsFolder, figure: figure.pointsName, identity: identity),
      secondsPerStep: try figure.instance.secondsPerStep(kernels: figure.kernels), threads: threads)
  }

  /// Computes what is missing and writes the files, each whole or not at all.
  /// - Returns: the paths of the tables, the plot in each form and the page.
  /// - Throws: ``ExperimentsError`` where gnuplot is missing or another process makes the same figure, or what the
  ///   figure throws.
  package func run() throws -> [URL] {
    try Gnuplot.require()
    try SystemCall.makeFolder(folder.path)
    let progress = Files.Progress(figure.name, unit: "inner steps", total: figure.cost, goesOn: true)
    defer { progress.finish() }
    let points = try FigureJournal(
      folder: pointsFolder, figure: figure.pointsName, identity: identity, progress: progress)
    var output = try figure.run(points, threads: threads)
    if isTrial {
      for claim in output.caption.claims.indices { output.caption.claims[claim].holds = nil }
    }
    return try write(output)
  }

  private func write(_ output: FigureOutput) throws -> [URL] {
    let comments = [
      output.title, "this instance: \(output.caption.instance)", "the paper's: \(output.caption.paper)",
    ]
    var files: [URL] = []
    for table in output.tables {
      let name = table.name.isEmpty ? figure.name : "\(figure.name)-\(table.name)"
      let file = folder.appending(path: "\(name).csv")
      try AtomicFile.write(Data(table.text(comments: comments).utf8), to: file)
      files.append(file)
    }
    let plot = Plot(title: output.title, caption: output.caption.shows, panels: output.panels)
    for form in DrawingForm.allCases {
      let file = folder.appending(path: "\(figure.name).\(form.rawValue)")
      try plot.write(form, to: file)
      files.append(file)
    }
    let page = folder.appending(path: "\(figure.name).md")
    try AtomicFile.write(
      Data(output.caption.markdown(title: output.title, plot: "\(figure.name).svg").utf8), to: page)
    return files + [page]
  }
}
