import Foundation
import Snapshots

@testable import Engine
@testable import Settings
@testable import Tasks
@testable import Training

/// A run that is over in a moment: few pairs, short truncations, short lives of the inner problems.
enum SmallRun {
  static func configuration(_ dataset: URL, state: URL, outerIterations: Int? = nil) -> Configuration {
    var configuration = Configuration(preset: .small)
    configuration.datasets = [.init(path: dataset.path, weight: 1)]
    configuration.state = state.path
    configuration.seed = 3
    configuration.outerIterations = outerIterations
    configuration.outer.pairs = 4
    configuration.outer.curriculum = .init(from: 5, to: 9, over: 6, jitter: 0.2)
    configuration.inner.life = .init(from: 10, to: 20)
    configuration.inner.batch = 8
    return configuration
  }

  /// θ as the run of a state folder wrote it after so many outer-iterations, of one digit.
  static func theta(_ state: URL, _ step: Int) throws -> [Float] {
    try Snapshot(contentsOf: state.appending(path: "snapshots/theta-00000000\(step).safetensors")).theta
  }
}
