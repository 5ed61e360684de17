import Engine
import Snapshots

extension LearnerState {
  /// Which θ is evaluated: the average where there is one, as it is what a run is for.
  var evaluatedKind: SnapshotKind { average.isEmpty ? .theta : .average }

  /// The θ of a snapshot of a kind.
  func theta(_ kind: SnapshotKind) -> [Float] {
    switch kind {
    case .theta: theta
    case .average: average
    }
  }
}
