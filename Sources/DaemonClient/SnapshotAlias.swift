import Files
import Foundation
import Snapshots

/// A word that a user may give in place of a snapshot's name.
public enum SnapshotAlias: String, Sendable {
  /// Stands for the newest snapshot of θ.
  case latest
  /// Stands for the snapshot of the lowest evaluation.
  case best

  /// Returns the record that this word stands for in a state folder.
  /// - Throws: ``SnapshotError`` where there is none.
  func record(in store: SnapshotStore, _ state: String, refused: (any Error) -> Void) throws -> SnapshotRecord {
    switch self {
    case .latest:
      if let record = try store.latest(refused: refused) { return record }
      throw SnapshotError(.missing, "\(state): no snapshot there; is it the state folder of a daemon?")
    case .best:
      if let best = try store.best() { return best.record }
      throw SnapshotError(
        .missing, "\(state): no snapshot was evaluated there; is evaluation.every set in its configuration?")
    }
  }
}
