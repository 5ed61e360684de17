import Engine
import Snapshots

extension LearnerState {
  /// The kind of θ that is evaluated: the average where there is one, as that is what a run is for.
  var evaluatedKind: SnapshotKind { average.isEmpty ? .theta : .average }

  /// Returns the θ of which a snapshot of this kind is made.
  func theta(_ kind: SnapshotKind) -> [Float] {
    switch kind {
    case .theta: theta
    case .average: average
    }
  }
}
