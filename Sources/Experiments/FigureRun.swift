import Engine
import Files
package import Foundation

/// Runs a figure and writes its files: data, plot and caption.
package struct FigureRun<Instance: Figure>: Sendable {
  private let figure: Instance
  private let folder: URL
  private let threads: Int

  /// What the points depend on.
  private struct Identity: Encodable {
    var figure: String
    var settings: Instance.Settings
    var instructionSet: String
    var version = toolVersion
  }

  /// - Parameters:
  ///   - output: the folder that gets the files; made where it is missing.
  ///   - threads: how many compute; 0: one for each core. The results do not depend on it.
  package init(_ figure: Instance, output: URL, threads: Int) {
    self.figure = figure
    folder = output
    self.threads = threads > 0 ? threads : SystemCall.processorCount
  }

  /// Computes what is missing and writes the files, each whole or not at all. Returns their paths: the tables, the plot,
  /// the caption.
  package func run() throws -> [URL] {
    try Plot.requireGnuplot()
    let instructionSet = try InstructionSet.name()
    try SystemCall.makeFolder(folder.path)
    let progress = Files.Progress(figure.name, unit: "inner steps", total: figure.cost)
    defer { progress.finish() }
    let points = try FigureJournal(
      folder: folder.appending(path: "points"), figure: figure.name,
      identity: Identity(figure: figure.name, settings: figure.settings, instructionSet: instructionSet),
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
    try Plot(title: output.title, caption: output.caption.text, panels: output.panels).write(svg: svg)
    let page = folder.appending(path: "\(figure.name).md")
    let text = output.caption.markdown(title: output.title, plot: svg.lastPathComponent)
    try AtomicFile.write(Data(text.utf8), to: page)
    return files + [svg, page]
  }
}
