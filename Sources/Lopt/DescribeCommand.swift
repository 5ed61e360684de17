import ArgumentParser
import Commands
import Files
import Foundation
import Snapshots
import Training

/// The command `lopt describe`, which makes model cards, and checks them.
struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Write the model card of a trained snapshot, or check cards.",
    discussion: """
      The card, NAME.json beside NAME.safetensors, says what the snapshot is, how it was made, and what it was found to \
      do. All of it is read from files, and what belongs to another snapshot, run or data set is refused. A card that is \
      there already is replaced. Prints the card's path. \
      \(documentationRoot)Documentation/evaluation.md lists the fields.

      Examples:
        lopt describe small.safetensors --dataset imagenet16 \\
          --state run.safetensors --log state/log.jsonl --evaluation held-out.json \\
          --command "lopt train --config small.json --datasets FOLDER"
        lopt describe --check small.safetensors large.safetensors
      """)

  @Argument(help: ArgumentHelp("The snapshot of θ; with --check several.", valueName: "file"), completion: .file())
  var snapshots: [String]
  @Flag(
    help: "Write nothing: compare the cards that are there with their snapshots. Exit code 65 where any differs.")
  var check = false
  @Option(
    help: ArgumentHelp("A data set that it was trained on; all of them, one by one.", valueName: "folder"),
    completion: .directory)
  var dataset: [String] = []
  @Option(
    help: ArgumentHelp("What lopt export-state wrote at the end of the run.", valueName: "file"), completion: .file())
  var state: String?
  @Option(
    help: ArgumentHelp("The run's log.jsonl; of a run that moved that of each part, in order.", valueName: "file"),
    completion: .file())
  var log: [String] = []
  @Option(
    help: ArgumentHelp("The exported state that the run began with: its log is not needed.", valueName: "file"),
    completion: .file())
  var startFrom: String?
  @Option(
    help: ArgumentHelp("What lopt evaluate --json printed of it; several times, or never.", valueName: "file"),
    completion: .file())
  var evaluation: [String] = []
  @Option(help: ArgumentHelp("The command that reproduces it.", valueName: "text"))
  var command: String?
  @Option(help: ArgumentHelp("What trained it, for example \"2 cores of a Xeon 8481C\".", valueName: "text"))
  var machine: String?
  @Option(
    help: ArgumentHelp(
      "The commit that trained it; unless given that of the repository in which lopt was built.", valueName: "hash"))
  var commit: String?
  @Option(
    help: ArgumentHelp("The card; unless given NAME.json beside the snapshot.", valueName: "file"), completion: .file())
  var output: String?
  @Flag(help: "Print JSON: the snapshot's and the card's path; with --check of each snapshot what is wrong.")
  var json = false

  func validate() throws {
    let making = [state, startFrom, command, machine, commit, output].contains { $0 != nil }
    if check {
      guard !making, dataset.isEmpty, log.isEmpty, evaluation.isEmpty else {
        throw ValidationError("--check takes snapshots and --json only")
      }
    } else {
      guard snapshots.count == 1 else { throw ValidationError("one snapshot at a time, but with --check") }
      let given = [
        ("--dataset", !dataset.isEmpty), ("--state", state != nil), ("--log", !log.isEmpty),
        ("--command", command != nil),
      ]
      if let missing = given.first(where: { !$0.1 }) {
        throw ValidationError("\(missing.0) is needed, unless cards are checked with --check")
      }
    }
  }

  func run() throws {
    if check { try checkCards() } else { try writeCard(of: URL(filePath: snapshots[0])) }
  }

  private func writeCard(of snapshot: URL) throws {
    let card = output.map { URL(filePath: $0) } ?? ModelCard.file(of: snapshot)
    guard try !ModelCard.isRecord(card) else {
      throw TrainingError(.exists, "\(card.path): is the record of a snapshot; choose another --output")
    }
    let sources = ModelCardSources(
      snapshot: snapshot, datasets: dataset.map { URL(filePath: $0) }, state: URL(filePath: state ?? ""),
      logs: log.map { URL(filePath: $0) }, start: startFrom.map { URL(filePath: $0) },
      evaluations: evaluation.map { URL(filePath: $0) }, command: command ?? "", machine: machine,
      commit: try commit ?? RepositoryCommit.current())
    try AtomicFile.write(Data(sources.card().text.utf8), to: card)
    if json {
      try JSONText.print(["snapshot": snapshot.path, "card": card.path])
    } else {
      try StandardOutput.write("\(card.path)\n")
    }
  }

  private func checkCards() throws {
    let checked = snapshots.map { CheckedCard(of: URL(filePath: $0)) }
    if json { try JSONText.print(checked) } else { for card in checked { try StandardOutput.print(card) } }
    let failures = checked.count { $0.error != nil }
    if failures > 0 {
      throw TrainingError(.wrongCard, "\(failures) of \(checked.count) cards are not those of their snapshots")
    }
  }
}

/// The findings about one model card.
private struct CheckedCard: Encodable, CustomStringConvertible {
  var snapshot: String
  var card: String
  /// A sentence on what is wrong; nil where nothing is.
  var error: String?

  init(of snapshot: URL) {
    self.snapshot = snapshot.path
    card = ModelCard.file(of: snapshot).path
    do { try ModelCard.check(beside: snapshot) } catch { self.error = "\(error)" }
  }

  var description: String { (error.map { "FAILED  \($0)" } ?? "ok      \(card)").printableLine }
}
