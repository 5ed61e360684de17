import Files
import Foundation
import Snapshots

/// A word that stands for a snapshot's name.
public enum SnapshotAlias: String, Sendable {
  /// The newest of θ.
  case latest
  /// That of the lowest evaluation.
  case best

  /// The record in a state folder.
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
