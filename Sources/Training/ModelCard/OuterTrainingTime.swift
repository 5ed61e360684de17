import Foundation

/// The time that outer-training took from one outer-iteration to another, by the rows of a run's log.
package struct OuterTrainingTime: Sendable, Equatable {
  /// The number of outer-iterations.
  package var outerIterations: Int
  /// The number of inner steps.
  package var innerSteps: Int
  /// The seconds of the inner steps, without evaluations and pauses.
  package var seconds: Int
  /// The time at which the last outer-iteration ended, as the log writes it; nil where there was none.
  package var ended: String?

  /// The part of a row of `log.jsonl` that tells the time of an outer-iteration.
  private struct Row: Decodable {
    var outerIteration: Int
    var innerSteps: Int
    var innerStepsPerSecond: Double
    var time: String

    enum CodingKeys: String, CodingKey {
      case time
      case outerIteration = "outer_iteration"
      case innerSteps = "inner_steps"
      case innerStepsPerSecond = "inner_steps_per_second"
    }

    /// Whether an outer-iteration can have taken this: less than 30 years. Sums of such rows fit every type.
    var isPossible: Bool {
      (0...1_000_000_000_000).contains(innerSteps) && innerStepsPerSecond > 0
        && Double(innerSteps) / innerStepsPerSecond < 1e9
    }
  }

  /// Adds the outer-iterations up.
  ///
  /// A run that was killed does an outer-iteration again, so that several rows tell about it; then the last one counts.
  ///
  /// - Parameters:
  ///   - logs: the files' bytes, in the order of the run; lines that are no rows of outer-iterations are passed over.
  ///   - first: the number of outer-iterations that were done before.
  ///   - last: the number of outer-iterations that are done at the end.
  ///   - missing: makes the error for an outer-iteration about which no row tells.
  init(of logs: [Data], after first: Int, upTo last: Int, missing: (Int) -> any Error) throws {
    let decoder = JSONDecoder()
    var rows: [Int: Row] = [:]
    for line in logs.lazy.flatMap({ $0.split(separator: UInt8(ascii: "\n")) }) {
      guard let row = try? decoder.decode(Row.self, from: line), row.isPossible else { continue }
      rows[row.outerIteration] = row
    }
    var counted: [Row] = []
    for before in first..<max(first, last) {
      guard let row = rows[before + 1] else { throw missing(before + 1) }
      counted.append(row)
    }
    outerIterations = counted.count
    innerSteps = counted.reduce(0) { $0 + $1.innerSteps }
    let exact = counted.reduce(0) { $0 + Double($1.innerSteps) / $1.innerStepsPerSecond }
    seconds = Int(exact.rounded(.toNearestOrEven))
    ended = counted.last?.time
  }
}
