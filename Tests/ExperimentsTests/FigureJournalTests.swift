import Files
import Foundation
import TestSupport
import Testing

@testable import Experiments

/// What a figure has computed is not computed again.
@Suite struct FigureJournalTests {
  private func open(_ folder: URL, settings: [String: Int] = ["steps": 10]) throws -> FigureJournal {
    try FigureJournal(
      folder: folder, figure: "figure", identity: settings,
      progress: Progress("test", unit: "points", total: 10, display: .none))
  }

  private func files(_ folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
  }

  /// The values of two keys, and how many of them were computed.
  private func pair(_ store: FigureJournal) throws -> (values: [Double], computed: Int) {
    var computed = 0
    let values = try [1.5, .infinity].map { number in
      try store.value("\(number)", cost: 1) {
        computed += 1
        return number
      }
    }
    return (values, computed)
  }

  /// How many of the two values a store opened anew computes.
  private func computed(_ folder: URL, settings: [String: Int] = ["steps": 10]) throws -> Int {
    let store = try open(folder, settings: settings)
    return try pair(store).computed
  }

  @Test("a value is computed once, by this process or an earlier one; infinity is a value too")
  func known() throws {
    try withTemporaryFolder { folder in
      for expected in [2, 0] {
        let store = try open(folder)
        let (values, computed) = try pair(store)
        #expect(values == [1.5, .infinity] && computed == expected)
        #expect(try pair(store).computed == 0)
      }
    }
  }

  @Test("other settings have a file of their own, and the first settings find theirs again")
  func otherSettings() throws {
    try withTemporaryFolder { folder in
      let counts = try [10, 11, 10].map { try computed(folder, settings: ["steps": $0]) }
      #expect(counts == [2, 2, 0])
      #expect(try files(folder).count == 2)
    }
  }

  @Test("a line that was cut is computed again, wherever it was cut, and the next one begins a line")
  func cut() throws {
    try withTemporaryFolder { folder in
      _ = try pair(open(folder))
      let file = try #require(files(folder).first)
      let whole = try Data(contentsOf: file)
      let last = try #require(whole.dropLast().lastIndex(of: UInt8(ascii: "\n")))
      for length in last + 1..<whole.count - 1 {
        try whole[..<length].write(to: file)
        let again = try pair(open(folder))
        #expect(again.values == [1.5, .infinity] && again.computed == 1)
        #expect(try computed(folder) == 0)
      }
    }
  }

  @Test("a line whose value is not of the asked-for type is computed again")
  func otherKind() throws {
    try withTemporaryFolder { folder in
      _ = try open(folder).value("a", cost: 1) { "text" }
      for _ in 0..<2 {
        let store = try open(folder)
        let value = try store.value("a", cost: 1) { 2.5 }
        #expect(value == 2.5)
      }
    }
  }

  @Test("a second process with the same settings is refused with exit code 75")
  func locked() throws {
    try withTemporaryFolder { folder in
      let first = try open(folder)
      let error = try #require(throws: ExperimentsError.self) { try open(folder) }
      #expect(error.exitCode == .temporary && error.description.contains(folder.path))
      _ = try open(folder, settings: ["steps": 11])
      withExtendedLifetime(first) {}
    }
  }

  @Test("a value whose computing fails is not kept")
  func failure() throws {
    struct Failure: Error {}
    try withTemporaryFolder { folder in
      let store = try open(folder)
      #expect(throws: Failure.self) { try store.value("a", cost: 1) { () throws -> Int in throw Failure() } }
      let value = try store.value("a", cost: 1) { 1 }
      #expect(value == 1)
    }
  }
}
