import Foundation
import Settings
import Shards

/// A row of a run's log (Documentation/training-log.md).
enum LogRow: Sendable, Equatable {
  /// A row about an outer-iteration.
  case outerIteration(OuterIterationRow)
  /// A row about an evaluation of θ.
  case evaluation(EvaluationRow)

  /// The number of outer-iterations that were done when the row was written.
  var outerIteration: Int {
    switch self {
    case .outerIteration(let row): row.outerIteration
    case .evaluation(let row): row.outerIteration
    }
  }

  /// The row as an event of TensorBoard.
  var event: TensorBoardEvent {
    let (time, values): (Date, [(tag: String, value: Double)]) =
      switch self {
      case .outerIteration(let row): (row.time, row.scalars)
      case .evaluation(let row):
        (row.time, row.scalars)
      }
    return TensorBoardEvent(time: time, step: outerIteration, content: .scalars(values))
  }
}

extension LogRow: Codable {
  private enum CodingKeys: CodingKey { case evaluation }

  init(from decoder: any Decoder) throws {
    if let row = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(
      EvaluationRow.self, forKey: .evaluation)
    {
      self = .evaluation(row)
    } else {
      self = .outerIteration(try OuterIterationRow(from: decoder))
    }
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .outerIteration(let row): try row.encode(to: encoder)
    case .evaluation(let row):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(row, forKey: .evaluation)
    }
  }

  /// Returns the row as one line of JSON, with its newline.
  func line() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom { date, encoder in
      var container = encoder.singleValueContainer()
      try container.encode(date.formatted(Self.timeStyle))
    }
    return try encoder.encode(self) + Data("\n".utf8)
  }

  /// Reads a line; nil where it is no row of a log.
  init?(line: Data) {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .custom { decoder in
      try Date(decoder.singleValueContainer().decode(String.self), strategy: Self.timeStyle)
    }
    guard let row = try? decoder.decode(LogRow.self, from: line),
      (0...Configuration.mostOuterIterations).contains(row.outerIteration)
    else { return nil }
    self = row
  }

  /// The style of times: ISO 8601 in UTC, to the millisecond.
  private static let timeStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

/// A row about the evaluation of θ.
struct EvaluationRow: Codable, Sendable, Equatable {
  /// The losses on the tasks of one problem.
  struct Problem: Codable, Sendable, Equatable {
    /// The mean loss over the problem's tasks and their initialisations.
    var loss: Double
    /// The loss of Adam at the rate that is the best for this problem.
    var adamLoss: Double?

    private enum CodingKeys: String, CodingKey {
      case loss
      case adamLoss = "adam_loss"
    }
  }

  var outerIteration: Int
  var time: Date
  /// The split of the tasks' classes; nil in logs from before it was written, when it always was `outer-validation`.
  var split: ClassSplit?
  /// The mean loss over tasks and initialisations.
  var loss: Double
  /// The loss of tuned Adam on the same tasks; nil in logs from before it was compared.
  var adamLoss: Double?
  /// The name of the suite whose rows were evaluated; nil where it was the run's own problems. `loss` is then the geometric
  /// mean of the rows' ratios to tuned Adam, and `adamLoss` 1.
  var suite: String?
  /// The losses of each problem, by its name, or of each row of the suite; nil where there is only one, and in logs from
  /// before they were written.
  var problems: [String: Problem]?
  /// Whether no earlier evaluation was lower.
  var best: Bool
  /// The seconds that the evaluation took.
  var seconds: Double

  private enum CodingKeys: String, CodingKey {
    case time, split, loss, suite, problems, best, seconds
    case outerIteration = "outer_iteration"
    case adamLoss = "adam_loss"
  }

  /// The numbers that are drawn over outer-iterations, by TensorBoard's tags; a problem's have its name behind a slash.
  /// Losses on classes to train on, and those of a suite, have other tags, so that no curve goes over from one kind to the other.
  var scalars: [(tag: String, value: Double)] {
    let group = suite != nil ? "suite" : split == .train ? "evaluation_on_train" : "evaluation"
    func pair(_ loss: Double, _ adamLoss: Double?, _ ending: String) -> [(tag: String, value: Double)] {
      [("\(group)/loss\(ending)", loss)] + (adamLoss.map { [("\(group)/adam_loss\(ending)", $0)] } ?? [])
    }
    return (suite == nil ? pair(loss, adamLoss, "") : [("suite/ratio", loss)])
      + (problems ?? [:]).sorted { $0.key < $1.key }.flatMap { pair($1.loss, $1.adamLoss, "/\($0)") }
  }
}
