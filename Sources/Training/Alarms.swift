import Synchronization

/// What is wrong with a run that goes on all the same: it stands until the same works again.
package final class Alarms: Sendable {
  /// That the disk is nearly full, or what could not be written.
  package enum Kind: String, CaseIterable, Sendable { case disk, state, snapshot, log }

  private let raised = Mutex<[Kind: String]>([:])

  /// Whether that is new: it did not stand, or in other words.
  @discardableResult
  func raise(_ kind: Kind, _ message: String) -> Bool {
    raised.withLock { $0.updateValue(message, forKey: kind) != message }
  }

  /// Whether it stood.
  @discardableResult
  func clear(_ kind: Kind) -> Bool { raised.withLock { $0.removeValue(forKey: kind) != nil } }

  /// One sentence each, without repetition.
  package var messages: [String] {
    raised.withLock { raised in
      Kind.allCases.compactMap { raised[$0] }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
  }
}
