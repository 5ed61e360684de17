import ArgumentParser
import Commands
import Engine
import Evaluation
import Experiments
import Files
import Foundation
import Settings
import Shards
import Tasks

/// The command `lopt suite`, which evaluates a θ on all rows of a suite.
struct SuiteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suite",
    abstract: "Compare a learned optimizer with tuned baselines on many problems, and sum up.",
    discussion: """
      Every row of the suite's file is evaluated as by `lopt evaluate --tune-learned`. Interrupted, the same command goes \
      on where it was. With --output the folder gets NAME.json, NAME.md and the performance profile NAME.svg, NAME being \
      the suite's; files that are there already are replaced. \
      \(documentationRoot)Documentation/suites.md has the form of the file, and says what the numbers mean.

      Example:
        lopt suite Examples/suites/development.json \\
          --snapshot theta-000000120.safetensors --small --output results \\
          --dataset glyphs16=glyphs16 --dataset glyphs32=glyphs32 \\
          --dataset glyphs16-grey=glyphs16-grey
      """)

  @Argument(help: ArgumentHelp("The suite's file.", valueName: "file"), completion: .file())
  var suite: String
  @Option(help: ArgumentHelp("The snapshot of θ.", valueName: "file"), completion: .file())
  var snapshot: String
  @Option(
    name: .customLong("dataset"),
    help: ArgumentHelp(
      "The folder of a data set that dataprep built, behind the name that the suite has for it; once for each name.",
      valueName: "name=folder"), completion: .directory)
  var datasets: [String] = []
  @Flag(help: "Evaluate the suite's small form: the rows that are marked, with less of each.")
  var small = false
  @Option(
    help: ArgumentHelp(
      "The folder for the result as JSON, as a page and as a figure; made where it is missing.", valueName: "folder"),
    completion: .directory)
  var output: String?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws { _ = try folders() }

  /// Returns the folder of each name.
  /// - Throws: `ValidationError` where an option is not a name with a folder, or a name is there twice.
  private func folders() throws -> [String: String] {
    var folders: [String: String] = [:]
    for option in datasets {
      let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw ValidationError(
          "--dataset \(option.printable()) must be a name of the suite with a folder: --dataset glyphs32=FOLDER")
      }
      guard folders.updateValue(parts[1], forKey: parts[0]) == nil else {
        throw ValidationError("--dataset gives \(parts[0].printable()) two folders")
      }
    }
    return folders
  }

  func run() throws {
    let folders = try folders()
    let whole = try Suite(at: URL(filePath: suite))
    for name in folders.keys.sorted() where !whole.datasets.contains(name) {
      throw ValidationError(
        "--dataset \(name.printable()): \(suite) has no data set of this name; it has "
          + whole.datasets.joined(separator: ", "))
    }
    let chosen = small ? try whole.small() : whole
    try chosen.check(folders.keys)
    let files = output.map { SuiteFiles(folder: URL(filePath: $0), name: chosen.name) }
    try files?.requireWritable()
    let loaded = try RunnableSnapshot(at: snapshot)
    var opened: [String: Dataset] = [:]
    for name in chosen.datasets { opened[name] = try folders[name].map { try Dataset(at: URL(filePath: $0)) } }
    let evaluation = try SuiteEvaluation(
      chosen, snapshot: loaded, datasets: opened, threads: SystemCall.processorCount, kernels: .chosen(),
      cache: FinishedRuns.folder, lost: FinishedRuns.lost)
    let report = try evaluation.report()
    let result = SuiteOutput(
      chosen, suiteSHA256: try Digest.sha256(fileAt: chosen.file),
      snapshotSHA256: try Digest.sha256(fileAt: URL(filePath: snapshot)), report)
    let table = SuiteTable(suite: chosen, snapshot: UserPath.name(snapshot), report: report)
    try files?.write(result, table)
    if json { try JSONText.print(result) } else { try StandardOutput.print(table) }
    evaluation.forget()
  }
}

/// The files that `lopt suite --output` leaves, each whole or not at all.
private struct SuiteFiles {
  var folder: URL
  var name: String

  private func file(_ ending: String) -> URL { folder.appending(path: "\(name).\(ending)") }

  /// Checks that the files can be made, before anything is computed for hours, and makes their folder.
  func requireWritable() throws {
    try Gnuplot.require()
    try SystemCall.makeFolder(folder.path)
    for ending in ["json", "md", "svg"] { try AtomicFile.requireWritable(file(ending)) }
  }

  func write(_ result: SuiteOutput, _ table: SuiteTable) throws {
    try Plot(table.report, title: "Suite \(name)", caption: table.heading).write(.svg, to: file("svg"))
    try AtomicFile.write(Data(table.page(figure: "\(name).svg").utf8), to: file("md"))
    try AtomicFile.writeJSON(result, to: file("json"))
  }
}
