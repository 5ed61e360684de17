import Foundation
import Snapshots
import TestSupport
import Testing

@testable import Engine
@testable import Training

@Suite struct StartFromTests {
  @Test(
    "a θ or Adam's moments of another length than the architecture's are an error, not a crash",
    arguments: [false, true])
  func wrongLength(isState: Bool) throws {
    try withTemporaryFolder { folder in
      let dataset = try TrainingRunTests.dataset(in: folder)
      var configuration = TrainingRunTests.configuration(dataset, state: folder.appending(path: "state"))
      let file = folder.appending(path: "start.safetensors")
      configuration.startFrom = file.path
      if isState {
        var learner = LearnerState(theta: configuration.inner.optimizer.initialTheta(seed: 1), workers: 0)
        learner.adam = OuterAdam(count: 10)
        try TrainingState(learner: learner, configuration: configuration, datasets: ["ab"]).encoded().write(to: file)
      } else {
        let metadata = SnapshotMetadata(configuration, problems: ["mlp2x32"], digests: ["ab"], outerIteration: 1)
        try Snapshot(theta: [Float](repeating: 0, count: 10), metadata: metadata).encoded().write(to: file)
      }
      let error = #expect(throws: SnapshotError.self) { try TrainingRun.check(configuration) }
      #expect(error?.code == .damaged && error?.description.contains("its architecture has 1090") == true)
    }
  }
}
