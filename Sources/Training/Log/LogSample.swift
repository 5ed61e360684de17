import Foundation

/// A sample of a long log at even distances: the rows that a picture shows, read in a time that does not grow with the
/// log.
struct LogSample {
  /// The bytes that are read at each place: some hundred rows.
  private static let window = 64 << 10

  private(set) var outerIterations: [OuterIterationRow] = []
  private(set) var evaluations: [EvaluationRow] = []
  /// The newest row of an outer-iteration; nil where it is among the sampled ones.
  private(set) var newestOuterIteration: OuterIterationRow?
  /// The newest row of an evaluation; nil where it is among the sampled ones.
  private(set) var newestEvaluation: EvaluationRow?
  /// The number of rows of outer-iterations, roughly, that each sampled one stands for.
  private(set) var outerIterationStride = 1
  /// The number of rows of evaluations, roughly, that each sampled one stands for.
  private(set) var evaluationStride = 1

  /// Samples a log.
  /// - Parameters:
  ///   - files: the bytes of the log's files, the oldest first.
  ///   - places: the number of places at each of which the next row of each kind is taken.
  init(_ files: [Data], places: Int) {
    let total = files.reduce(0) { $0 + $1.count }
    guard total > 0, let newest = files.last else { return }
    var begin = 0
    for data in files {
      for place in 0..<places {
        let position = total / places * place - begin
        if data.indices.contains(position) { takeNext(data, from: position) }
      }
      begin += data.count
    }
    takeLast(newest)
  }

  private mutating func takeNext(_ data: Data, from position: Int) {
    var (hasOuterIteration, hasEvaluation) = (false, false)
    Self.forEachLine(of: data, from: position) { line in
      switch Self.isEvaluation(line) {
      case true where !hasEvaluation: hasEvaluation = take(line)
      case false where !hasOuterIteration: hasOuterIteration = take(line)
      default: break
      }
      return !(hasOuterIteration && hasEvaluation)
    }
  }

  private mutating func takeLast(_ data: Data) {
    var lines: [Data] = []
    Self.forEachLine(of: data, from: max(0, data.count - Self.window)) {
      lines.append($0)
      return true
    }
    let evaluations = lines.filter(Self.isEvaluation)
    let newest = [lines.last { !Self.isEvaluation($0) }, evaluations.last].compactMap { $0.flatMap(LogRow.init(line:)) }
    for row in newest {
      switch row {
      case .outerIteration(let row): newestOuterIteration = row == outerIterations.last ? nil : row
      case .evaluation(let row): newestEvaluation = row == self.evaluations.last ? nil : row
      }
    }
    // Every outer-iteration has one row. The share of evaluations is taken to be that of these lines.
    guard let first = outerIterations.first, let last = outerIterations.last else { return }
    let rows = last.outerIteration - first.outerIteration
    outerIterationStride = max(1, rows / outerIterations.count)
    let evaluated = rows * evaluations.count / max(1, lines.count - evaluations.count)
    evaluationStride = max(1, evaluated / max(1, self.evaluations.count))
  }

  /// Takes a row that comes after the others of its kind; returns false where the line is no row.
  private mutating func take(_ line: Data) -> Bool {
    switch LogRow(line: line) {
    case .outerIteration(let row)?:
      if row.outerIteration > outerIterations.last?.outerIteration ?? -1 { outerIterations.append(row) }
    case .evaluation(let row)?:
      if row.outerIteration > evaluations.last?.outerIteration ?? -1 { evaluations.append(row) }
    case nil: return false
    }
    return true
  }

  static func isEvaluation(_ line: Data) -> Bool { line.starts(with: Data(#"{"evaluation":"#.utf8)) }

  /// Hands over the lines that begin at `position` or after it, within one window, until `body` returns false.
  private static func forEachLine(of data: Data, from position: Int, _ body: (Data) -> Bool) {
    func end(ofLineAt start: Int) -> Int? {
      data.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress, let found = memchr(base + start, 10, bytes.count - start) else {
          return nil
        }
        return UnsafeRawPointer(found) - base + 1
      }
    }
    guard var start = position == 0 ? 0 : end(ofLineAt: position - 1) else { return }
    while start < min(position + window, data.count), let end = end(ofLineAt: start) {
      guard body(data[start..<end]) else { return }
      start = end
    }
  }
}
