import DaemonProtocol
import Engine
import Files
import Foundation
import Training

/// The answer of `GET /metrics`: Prometheus' text format, version 0.0.4.
struct Metrics {
  private(set) var text = ""

  /// Writes the answer.
  /// - Parameter snapshotWritten: when the newest snapshot that is sound was written; nil where there is none.
  init(_ status: DaemonStatus, snapshotWritten: Date?, requests: RequestCounter) {
    add("lopt_build_info", "Which version runs.", [("version=\"\(status.version)\"", 1)])
    add("lopt_outer_iterations", "Outer-iterations that the run has done.", [("", Double(status.outerIteration))])
    add("lopt_outer_loss", "The outer-loss of the last outer-iteration.", optional(status.outerLoss))
    add("lopt_truncation_steps", "Inner steps of a truncation, K.", optional(status.truncation))
    add(
      "lopt_inner_steps_per_second", "Inner steps a second in the last outer-iteration.",
      optional(status.innerStepsPerSecond))
    add(
      "lopt_inner_steps_total", "Inner steps of this process.", optional(status.innerSteps.map(Double.init)),
      type: "counter")
    add(
      "lopt_diverged_pairs_total", "Antithetic pairs of this process of which a member diverged.",
      optional(status.diverged.map(Double.init)), type: "counter")
    add(
      "lopt_evaluation_info", "Which classes θ is evaluated on.",
      status.evaluationSplit.map { [("split=\"\($0)\"", 1)] } ?? [])
    add("lopt_evaluation_loss", "The loss of the last evaluation.", optional(status.evaluationLoss))
    add("lopt_adam_loss", "The loss of tuned Adam on the tasks of the evaluation.", optional(status.adamLoss))
    addProblems(status.problems ?? [])
    add("lopt_snapshot_outer_iteration", "The step of the newest snapshot.", optional(status.snapshot.map(Double.init)))
    add(
      "lopt_snapshot_timestamp_seconds", "When the newest snapshot was written, in seconds since 1970.",
      optional(snapshotWritten?.timeIntervalSince1970))
    add("lopt_best_outer_iteration", "The step of the best snapshot.", optional(status.best.map(Double.init)))
    add("lopt_paused", "Whether training is paused.", [("", status.paused ? 1 : 0)])
    add("lopt_alarms", "Alarms that are raised.", [("", Double(status.alarms.count))])
    add(
      "lopt_http_requests_total", "Requests, by the status of the answer.",
      requests.counts.sorted { $0.key < $1.key }.map { ("code=\"\($0.key)\"", Double($0.value)) }, type: "counter")
    addProcess()
  }

  /// Adds the losses of each of several problems.
  private mutating func addProblems(_ problems: [DaemonStatus.Problem]) {
    func losses(_ loss: (DaemonStatus.Problem) -> Double?) -> [(labels: String, value: Double)] {
      problems.compactMap { problem in loss(problem).map { ("problem=\"\(problem.name)\"", $0) } }
    }
    add("lopt_problem_outer_loss", "The newest outer-loss of each of several problems.", losses(\.outerLoss))
    add(
      "lopt_problem_evaluation_loss", "The loss of the last evaluation on each of several problems.",
      losses(\.evaluationLoss))
    add("lopt_problem_adam_loss", "The loss of Adam, tuned for each of several problems.", losses(\.adamLoss))
  }

  /// Adds what every exporter says about its process.
  private mutating func addProcess() {
    add(
      "process_start_time_seconds", "When the process began, in seconds since 1970.",
      optional(SystemCall.processStart))
    add("process_cpu_seconds_total", "Processor time.", [("", SystemCall.processorSeconds)], type: "counter")
    // The second number of statm is the resident set in pages.
    if let words = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " "),
      words.count > 1, let pages = Double(words[1])
    {
      add("process_resident_memory_bytes", "Resident set.", [("", pages * Double(SystemCall.pageSize))])
    }
    if let open = try? SystemCall.names(in: "/proc/self/fd").count {
      add("process_open_fds", "Open file descriptors.", [("", Double(open))])
    }
  }

  private func optional(_ value: Double?) -> [(labels: String, value: Double)] {
    value.map { [("", $0)] } ?? []
  }

  private mutating func add(
    _ name: String, _ help: String, _ samples: [(labels: String, value: Double)], type: String = "gauge"
  ) {
    guard !samples.isEmpty else { return }
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    for (labels, value) in samples { text += "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(value))\n" }
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return Int(exactly: value).map(String.init) ?? "\(value)"
  }
}
