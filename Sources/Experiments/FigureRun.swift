import Engine
import Files
package import Foundation

/// A run of a figure, which writes its files: data, plot and caption.
package struct FigureRun<Instance: Figure>: Sendable {
  private let figure: Instance
  private let folder: URL
  private let threads: Int

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
  package init(_ figure: Instance, output: URL, threads: Int) {
    self.figure = figure
    folder = output
    self.threads = threads > 0 ? threads : SystemCall.processorCount
  }

  /// Computes what is missing and writes the files, each whole or not at all.
  /// - Returns: the paths of the tables, the plot and the caption.
  /// - Throws: ``ExperimentsError`` where gnuplot is missing or another process makes the same figure, or what the
  ///   figure throws.
  package func run() throws -> [URL] {
    try Plot.requireGnuplot()
    try SystemCall.makeFolder(folder.path)
    let progress = Files.Progress(figure.name, unit: "inner steps", total: figure.cost, goesOn: true)
    defer { progress.finish() }
    let points = try FigureJournal(
      folder: folder.appending(path: "points"), figure: figure.name,
      identity: Identity(figure: figure.name, settings: figure.settings, instructionSet: figure.kernels.title),
      progress: progress)
    let output = try figure.run(points, threads: threads)
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
    let svg = folder.appending(path: "\(figure.name).svg")
    try Plot(title: output.title, caption: output.caption.text, panels: output.panels).write(.svg, to: svg)
    let page = folder.appending(path: "\(figure.name).md")
    let text = output.caption.markdown(title: output.title, plot: svg.lastPathComponent)
    try AtomicFile.write(Data(text.utf8), to: page)
    return files + [svg, page]
  }
}
