import Synchronization

/// The alarms of a run: sentences on what is wrong while it goes on all the same. An alarm stands until the same works
/// again.
package final class Alarms: Sendable {
  /// The kinds of alarm: the disk is nearly full, or a state, a snapshot or a row of the log could not be written.
  package enum Kind: String, CaseIterable, Sendable { case disk, state, snapshot, log }

  private let raised = Mutex<[Kind: String]>([:])

  /// Raises an alarm.
  /// - Returns: whether it is new: it did not stand, or in other words.
  @discardableResult
  func raise(_ kind: Kind, _ message: String) -> Bool {
    raised.withLock { $0.updateValue(message, forKey: kind) != message }
  }

  /// Clears an alarm.
  /// - Returns: whether it stood.
  @discardableResult
  func clear(_ kind: Kind) -> Bool { raised.withLock { $0.removeValue(forKey: kind) != nil } }

  /// The alarms that stand, one sentence each, without repetition.
  package var messages: [String] {
    raised.withLock { raised in
      Kind.allCases.compactMap { raised[$0] }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
  }
}
