import Foundation
import Testing

@testable import Engine
@testable import Training

/// `log.jsonl` of a state folder and the events beside it, as they were written.
enum WrittenLog {
  static func lines(_ state: URL) throws -> [Data] {
    try Data(contentsOf: state.appending(path: "log.jsonl")).split(separator: UInt8(ascii: "\n")).map { Data($0) }
  }

  /// Every row, the first of the file first; fails at a line that is none.
  static func rows(_ state: URL) throws -> [LogRow] {
    try lines(state).map { try #require(LogRow(line: $0), "\(String(decoding: $0, as: UTF8.self))") }
  }

  /// Expects that TensorBoard's events say what the rows do, and nothing twice.
  static func expectSameEvents(_ state: URL) throws {
    let curves = try EventFolder.curves(in: state.appending(path: "tensorboard"))
    var expected: [String: [EventFolder.Point]] = [:]
    for row in try rows(state) {
      guard case .scalars(let values) = row.event.content else { continue }
      for (tag, value) in values {
        expected[tag, default: []].append(.init(step: row.outerIteration, value: Float(value)))
      }
    }
    #expect(curves.filter { !$0.value.isEmpty } == expected)
  }
}
