import Files
import Synchronization

/// The alarms of a run: sentences on what is wrong while it goes on all the same. An alarm stands until the same works
/// again.
package final class Alarms: Sendable {
  /// The kinds of alarm: the disk is nearly full, a state, a snapshot or a row of the log could not be written, the
  /// configuration could not be read again, or every pair diverges.
  package enum Kind: String, CaseIterable, Sendable { case disk, state, snapshot, log, reload, divergence }

  private struct Alarm: Equatable {
    var message: String
    var messageForStrangers: String
  }

  private let raised = Mutex<[Kind: Alarm]>([:])

  /// Raises an alarm, or puts it in other words.
  ///
  /// - Parameters:
  ///   - message: what the alarm says to whom the machine belongs.
  ///   - messageForStrangers: the same without the machine's paths.
  /// - Returns: whether it is new: it did not stand, or in other words.
  @discardableResult
  func raise(_ kind: Kind, _ message: String, forStrangers messageForStrangers: String) -> Bool {
    let alarm = Alarm(message: message, messageForStrangers: messageForStrangers)
    return raised.withLock { $0.updateValue(alarm, forKey: kind) != alarm }
  }

  /// Raises an alarm that something could not be written.
  @discardableResult
  func raise(_ kind: Kind, _ error: any Error) -> Bool {
    let reason = (error as? FileError).map { ": \($0.reason)" } ?? ""
    return raise(kind, "\(error)", forStrangers: "the \(kind.rawValue) could not be written\(reason)")
  }

  /// Clears an alarm.
  /// - Returns: whether it stood.
  @discardableResult
  func clear(_ kind: Kind) -> Bool { raised.withLock { $0.removeValue(forKey: kind) != nil } }

  /// The alarms that stand, one sentence each, without repetition.
  package var messages: [String] { sentences { $0.message } }

  /// Returns the alarms that stand; without the paths of the machine unless the reader may know them.
  package func messages(isTrusted: Bool) -> [String] {
    isTrusted ? messages : sentences { $0.messageForStrangers }
  }

  private func sentences(_ sentence: (Alarm) -> String) -> [String] {
    raised.withLock { raised in
      Kind.allCases.compactMap { raised[$0].map(sentence) }
        .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
  }
}
