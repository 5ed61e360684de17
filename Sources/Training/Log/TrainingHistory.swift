import Foundation
import Synchronization

/// The history of a run, for drawing it: rows of its log, thinned evenly to what fits in a picture.
package final class TrainingHistory: Sendable {
  /// At most so many outer-iterations, and so many evaluations.
  static let most = 5_000
  /// A log of more bytes is looked at in places only.
  private static let longLog = 16 << 20

  private struct Contents {
    var outerIterations = ThinnedRows<OuterIterationRow>(most: most)
    var evaluations = ThinnedRows<EvaluationRow>(most: most)
  }

  private let contents: Mutex<Contents>

  /// Reads what the log of a state folder has.
  init(readingFrom state: URL, longLog: Int = longLog) throws {
    let files = try (LogFile.fullFiles(in: state) + [state.appending(path: "log.jsonl")])
      .map { try Data(contentsOf: $0, options: .alwaysMapped) }
    var contents = Contents()
    if files.reduce(0, { $0 + $1.count }) > longLog {
      let sample = LogSample(files, places: Self.most / 2)
      contents.outerIterations = ThinnedRows(
        most: Self.most, kept: sample.outerIterations, stride: sample.outerIterationStride,
        newest: sample.newestOuterIteration)
      contents.evaluations = ThinnedRows(
        most: Self.most, kept: sample.evaluations, stride: sample.evaluationStride, newest: sample.newestEvaluation)
    } else {
      for file in files { Self.read(file, into: &contents) }
    }
    self.contents = Mutex(contents)
  }

  private static func read(_ data: Data, into contents: inout Contents) {
    for line in data.split(separator: UInt8(ascii: "\n")) {
      if LogSample.isEvaluation(line) {
        contents.evaluations.append { if case .evaluation(let row)? = LogRow(line: line) { row } else { nil } }
      } else {
        contents.outerIterations.append { if case .outerIteration(let row)? = LogRow(line: line) { row } else { nil } }
      }
    }
  }

  func append(_ row: LogRow) {
    contents.withLock { contents in
      switch row {
      case .outerIteration(let row): contents.outerIterations.append { row }
      case .evaluation(let row): contents.evaluations.append { row }
      }
    }
  }

  /// What `GET /v1/history` answers: columns of equal length, times in seconds since 1970.
  package struct Columns: Codable, Sendable, Equatable {
    package struct OuterIterations: Codable, Sendable, Equatable {
      package var outerIteration: [Int]
      package var time: [Double]
      package var outerLoss: [Double?]
      /// Of one sample of the outer-gradient, summed over the coordinates of θ.
      package var variance: [Double?]
      package var truncation: [Double?]
      package var innerStepsPerSecond: [Double?]
    }

    package struct Evaluations: Codable, Sendable, Equatable {
      package var outerIteration: [Int]
      package var time: [Double]
      package var loss: [Double]
      package var adamLoss: [Double?]
    }

    package var outerIterations: OuterIterations
    package var evaluations: Evaluations
  }

  package var columns: Columns {
    let (rows, evaluations) = contents.withLock { ($0.outerIterations.all, $0.evaluations.all) }
    return Columns(
      outerIterations: Columns.OuterIterations(
        outerIteration: rows.map(\.outerIteration), time: rows.map(\.time.timeIntervalSince1970),
        outerLoss: rows.map(\.outerLoss),
        variance: rows.map { $0.evolutionStrategiesVariance ?? $0.reparameterizationVariance },
        truncation: rows.map(\.length), innerStepsPerSecond: rows.map(\.innerStepsPerSecond)),
      evaluations: Columns.Evaluations(
        outerIteration: evaluations.map(\.outerIteration), time: evaluations.map(\.time.timeIntervalSince1970),
        loss: evaluations.map(\.loss), adamLoss: evaluations.map(\.adamLoss)))
  }
}

/// Rows evenly thinned: every one, and when they become too many every second, and so on; the newest always.
struct ThinnedRows<Row> {
  private let most: Int
  private var kept: [Row]
  private var stride: Int
  private var seen: Int
  /// Makes the newest row, where it is not among the kept ones.
  private var newest: (() -> Row?)?

  /// - Parameters:
  ///   - kept: of rows before, one of each `stride`.
  ///   - newest: of them, where it is not among the kept ones.
  init(most: Int, kept: [Row] = [], stride: Int = 1, newest: Row? = nil) {
    self.most = most
    self.kept = kept
    self.stride = stride
    seen = kept.count * stride
    self.newest = newest.map { row in { row } }
  }

  /// - Parameter row: makes it, where it is wanted; nil where it is none.
  mutating func append(_ row: @escaping () -> Row?) {
    newest = row
    if seen.isMultiple(of: stride), let row = row() {
      // One place is the newest's.
      if kept.count == most - 1 {
        kept = Swift.stride(from: 0, to: kept.count, by: 2).map { kept[$0] }
        stride *= 2
      }
      if seen.isMultiple(of: stride) {
        kept.append(row)
        newest = nil
      }
    }
    seen += 1
  }

  /// In the order of time.
  var all: [Row] { kept + [newest?()].compactMap { $0 } }
}
