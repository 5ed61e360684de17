import Files
import Foundation
import Snapshots

/// A word that a user may give in place of a snapshot's name.
public enum SnapshotAlias: String, Sendable {
  /// Stands for the newest snapshot of θ.
  case latest
  /// Stands for the snapshot of the lowest evaluation.
  case best
  /// Stands for the newest snapshot of the average of θ.
  case latestAverage = "latest-average"
  /// Stands for the average of θ at the step of the lowest evaluation.
  case bestAverage = "best-average"

  /// The word for the average of θ at the same step.
  public var average: SnapshotAlias {
    switch self {
    case .latest, .latestAverage: .latestAverage
    case .best, .bestAverage: .bestAverage
    }
  }

  /// Whether the word stands for the newest of what there is.
  var isNewest: Bool { self == .latest || self == .latestAverage }

  /// The kind of every snapshot that the word stands for; nil where it may be either.
  var kind: SnapshotKind? {
    switch self {
    case .latest: .theta
    case .latestAverage, .bestAverage: .average
    case .best: nil
    }
  }

  /// Returns the record that this word stands for in a state folder.
  /// - Throws: ``SnapshotError`` where there is none.
  func record(in store: SnapshotStore, _ state: String, refused: (any Error) -> Void) throws -> SnapshotRecord {
    let record =
      switch self {
      case .latest: try store.latest(refused: refused)
      case .latestAverage: try store.latest(.average, refused: refused)
      case .best: try store.best()?.record
      case .bestAverage: try store.averageOfBest()
      }
    guard let record else { throw SnapshotError(.missing, "\(state): \(missing)") }
    return record
  }

  private var missing: String {
    switch self {
    case .latest: "no snapshot there; is it the state folder of a daemon?"
    case .latestAverage: "no average of θ there; is outer.average.decay above 0 in its configuration?"
    case .best: "no snapshot was evaluated there; is evaluation.every set in its configuration?"
    case .bestAverage:
      "no average of θ was evaluated there; are evaluation.every and outer.average.decay set in its configuration?"
    }
  }
}
