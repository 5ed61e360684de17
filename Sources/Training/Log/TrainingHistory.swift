import Files
import Foundation
import Shards
import Snapshots
import Synchronization

/// The history of a run, for drawing it: rows of its log, thinned evenly to what fits in a picture.
package final class TrainingHistory: Sendable {
  /// The most outer-iterations that are kept, and the most evaluations.
  static let most = 5_000
  /// The bytes above which a log is read at some places only.
  private static let longLog = 16 << 20

  private struct Contents {
    var outerIterations = ThinnedRows<OuterIterationRow>(most: most)
    var evaluations = ThinnedRows<EvaluationRow>(most: most)
  }

  private let contents: Mutex<Contents>

  /// Reads the log of a state folder.
  init(readingFrom folder: StateFolder, longLog: Int = longLog) throws {
    let files = try (folder.fullLogs() + [folder.log]).map { try FileReading.mapped($0) }
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

  /// Adds a row that was written to the log.
  func append(_ row: LogRow) {
    contents.withLock { contents in
      switch row {
      case .outerIteration(let row): contents.outerIterations.append { row }
      case .evaluation(let row): contents.evaluations.append { row }
      }
    }
  }

  /// The history in columns of equal length, as `GET /v1/history` answers.
  package struct Columns: Codable, Sendable, Equatable {
    /// The rows of outer-iterations, a column for each number.
    package struct OuterIterations: Codable, Sendable, Equatable {
      /// The number of outer-iterations done.
      package var outerIteration: [Int]
      /// The times, in seconds since 1970.
      package var time: [Double]
      /// The outer-losses; nil where not finite.
      package var outerLoss: [Double?]
      /// The variance of one sample of the outer-gradient, summed over the coordinates of θ; nil where there is none.
      package var variance: [Double?]
      /// The mean lengths of a truncation by the curriculum, in inner steps.
      package var truncation: [Double?]
      /// The inner steps a second.
      package var innerStepsPerSecond: [Double?]
      /// The outer-losses of each problem, by its name; nil where the run never had several.
      package var outerLosses: [String: [Double?]]?
    }

    /// The rows of evaluations, a column for each number.
    package struct Evaluations: Codable, Sendable, Equatable {
      /// The number of outer-iterations done.
      package var outerIteration: [Int]
      /// The times, in seconds since 1970.
      package var time: [Double]
      /// The losses of θ.
      package var loss: [Double]
      /// The losses of tuned Adam; nil where there was none to compare.
      package var adamLoss: [Double?]
      /// The splits of the classes that θ was evaluated on.
      package var split: [String]
      /// The suites whose rows θ was evaluated on; nil where there never was one.
      package var suite: [String?]?
      /// The losses of θ on each problem's tasks, or on each row of a suite, by its name; nil where there never were several.
      package var losses: [String: [Double?]]?
      /// The losses of Adam, tuned for each problem, by its name; nil where there never were several.
      package var adamLosses: [String: [Double?]]?
    }

    /// The columns of the outer-iterations.
    package var outerIterations: OuterIterations
    /// The columns of the evaluations.
    package var evaluations: Evaluations
  }

  /// The history as it is now.
  package var columns: Columns {
    let (rows, evaluations) = contents.withLock { ($0.outerIterations.all, $0.evaluations.all) }
    return Columns(
      outerIterations: Columns.OuterIterations(
        outerIteration: rows.map(\.outerIteration), time: rows.map(\.time.timeIntervalSince1970),
        outerLoss: rows.map(\.outerLoss),
        variance: rows.map { $0.evolutionStrategiesVariance ?? $0.reparameterizationVariance },
        truncation: rows.map(\.length), innerStepsPerSecond: rows.map(\.innerStepsPerSecond),
        outerLosses: Self.byName(rows.map { $0.outerLosses ?? [:] })),
      evaluations: Columns.Evaluations(
        outerIteration: evaluations.map(\.outerIteration), time: evaluations.map(\.time.timeIntervalSince1970),
        loss: evaluations.map(\.loss), adamLoss: evaluations.map(\.adamLoss),
        split: evaluations.map { ($0.split ?? .outerValidation).rawValue },
        suite: evaluations.contains { $0.suite != nil } ? evaluations.map(\.suite) : nil,
        losses: Self.byName(evaluations.map { $0.problems?.mapValues(\.loss) ?? [:] }),
        adamLosses: Self.byName(evaluations.map { $0.problems?.compactMapValues(\.adamLoss) ?? [:] })))
  }

  /// Returns a column for each name that occurs in rows; nil where none does.
  private static func byName(_ rows: [[String: Double]]) -> [String: [Double?]]? {
    let names = Set(rows.flatMap(\.keys))
    guard !names.isEmpty else { return nil }
    return Dictionary(uniqueKeysWithValues: names.map { name in (name, rows.map { $0[name] }) })
  }
}

/// Rows thinned evenly. Every row is kept, and when they become too many every second, and so on; the newest always is.
struct ThinnedRows<Row> {
  private let most: Int
  private var kept: [Row]
  private var stride: Int
  private var seen: Int
  /// Makes the newest row; nil where that is among the kept ones.
  private var newest: (() -> Row?)?

  /// Makes a collection that goes on from rows that were thinned before.
  /// - Parameters:
  ///   - most: the most rows that are kept.
  ///   - kept: the rows before, one of each `stride`.
  ///   - newest: the newest row; nil where it is among the kept ones.
  init(most: Int, kept: [Row] = [], stride: Int = 1, newest: Row? = nil) {
    self.most = most
    self.kept = kept
    self.stride = stride
    seen = kept.count * stride
    self.newest = newest.map { row in { row } }
  }

  /// Adds a row.
  /// - Parameter row: makes the row where it is wanted; nil where it turns out to be none.
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

  /// All kept rows and the newest, in the order of time.
  var all: [Row] { kept + [newest?()].compactMap { $0 } }
}
