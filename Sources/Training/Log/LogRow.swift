import Foundation

/// A row of a run's log.
enum LogRow: Sendable, Equatable {
  case outerIteration(OuterIterationRow)
  case evaluation(EvaluationRow)

  /// Outer-iterations that were done when it was written.
  var outerIteration: Int {
    switch self {
    case .outerIteration(let row): row.outerIteration
    case .evaluation(let row): row.outerIteration
    }
  }

  /// The row as TensorBoard sees it.
  var event: TensorBoardEvent {
    let (time, values): (Date, [(tag: String, value: Double)]) =
      switch self {
      case .outerIteration(let row): (row.time, row.scalars)
      case .evaluation(let row):
        (row.time, [("evaluation/loss", row.loss)] + (row.adamLoss.map { [("evaluation/adam_loss", $0)] } ?? []))
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

  /// One line of JSON.
  func line() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom { date, encoder in
      var container = encoder.singleValueContainer()
      try container.encode(date.formatted(Self.timeStyle))
    }
    return try encoder.encode(self) + Data("\n".utf8)
  }

  /// Nil where the line is none of a log.
  init?(line: Data) {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .custom { decoder in
      try Date(decoder.singleValueContainer().decode(String.self), strategy: Self.timeStyle)
    }
    guard let row = try? decoder.decode(LogRow.self, from: line) else { return nil }
    self = row
  }

  /// ISO 8601 in UTC, to the millisecond.
  private static let timeStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

/// A row for the evaluation of θ.
struct EvaluationRow: Codable, Sendable, Equatable {
  var outerIteration: Int
  var time: Date
  /// The mean over tasks and initialisations.
  var loss: Double
  /// That of tuned Adam on the same; nil in logs of before it was compared.
  var adamLoss: Double?
  /// Whether no evaluation before it was lower.
  var best: Bool
  /// How long it took.
  var seconds: Double

  private enum CodingKeys: String, CodingKey {
    case time, loss, best, seconds
    case outerIteration = "outer_iteration"
    case adamLoss = "adam_loss"
  }
}
