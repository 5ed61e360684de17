import ArgumentParser
import Commands
import DaemonClient
import DaemonProtocol
import Engine
import Files
import Foundation
import Shards

/// The command `lopt status`, which shows what a daemon's run is at.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how a daemon's run stands.",
    discussion: """
      Example:
        lopt status
        lopt status --from unix:/run/lopt/default/daemon.sock --json
      """)

  @OptionGroup var daemon: ReadingOptions

  func run() async throws {
    let (status, json) = try await daemon.with { try await $0.status() }
    if daemon.json {
      // Carriage returns may stand between the values of JSON, but mean something else to a terminal.
      let text = String(decoding: json.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
      try StandardOutput.print(text.trimmingCharacters(in: .newlines))
    } else {
      try StandardOutput.print(StatusTable(status: status))
    }
  }
}

/// A daemon's status as lines of text. What is not known yet has no line.
struct StatusTable: CustomStringConvertible {
  var status: DaemonStatus

  var description: String {
    let isOnTrain = status.evaluationSplit == ClassSplit.train.rawValue
    let place =
      status.evaluationSuite.map { " by the suite \($0): geometric mean of the ratios to Adam's losses" }
      ?? (isOnTrain ? " on \(ClassSplit.train.tasks)" : "")
    func digits(_ value: Double) -> String { String(format: "%.4f", value) }
    let rows: [(String, String?)] = [
      ("training", status.paused ? "paused" : "running"),
      ("problem", status.problem),
      ("estimator", status.estimator),
      ("threads", "\(status.threads)"),
      ("outer-iteration", "\(status.outerIteration)"),
      ("outer-loss", status.outerLoss.map(digits)),
      ("inner steps/s", status.innerStepsPerSecond.map { String(format: "%.1f", $0) }),
      ("truncation", status.truncation.map { String(format: "%.4g inner steps", $0) }),
      ("newest snapshot", status.snapshot.map { "step \($0)" }),
      ("best snapshot", status.best.map { "step \($0)" }),
      ("evaluation", status.evaluationLoss.map { digits($0) + place }),
      ("Adam's", status.adamLoss.map(digits)),
    ]
    let problems = (status.problems ?? []).map { problem in
      let losses = [
        ("outer-loss", problem.outerLoss), ("evaluation", problem.evaluationLoss), ("Adam's", problem.adamLoss),
      ]
      let known = losses.compactMap { name, loss in loss.map { "\(name) \(digits($0))" } }
      return (problem.name, known.isEmpty ? nil : known.joined(separator: ", "))
    }
    let process: [(String, String?)] = [
      ("version", status.version),
      ("started", status.started),
    ]
    let table = (rows + problems + process).compactMap { name, value in
      value.map { "\(pad(name.printable() + ":"))\($0.printable())" }
    }
    return (table + status.alarms.map { "\(pad("ALARM:"))\($0.printable())" }).joined(separator: "\n")
  }

  private func pad(_ text: String) -> String {
    text.count < 18 ? text.padding(toLength: 18, withPad: " ", startingAt: 0) : text + " "
  }
}
