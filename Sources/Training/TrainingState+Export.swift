import Engine
import Files
package import Foundation
import Settings
import Snapshots

extension TrainingState {
  /// Writes the newest sound state of a state folder as a file for `start_from`: θ, Adam's moments and the
  /// outer-iteration. Workers, which begin anew there, are left out, and so is what belongs to this machine: paths, addresses, keys. Of
  /// data sets the names of the folders stay.
  ///
  /// A daemon may be training with the folder meanwhile.
  /// - Parameter refused: hears of each newer state that is damaged.
  /// - Returns: the outer-iteration.
  /// - Throws: ``TrainingError`` where the folder holds no sound state or `output` exists, `FileError` where a file
  ///   may not be read.
  package static func export(from folder: URL, to output: URL, refused: (any Error) -> Void) throws -> Int {
    guard try FileStatus.ifThere(output.path) == nil else {
      throw TrainingError(.exists, "\(output.path): exists already; choose another --output")
    }
    guard var state = try StateStore(readingFrom: StateFolder(folder)).newest(refused: refused) else {
      throw TrainingError(
        .missingState, "\(folder.path): no sound state of a run there; is it the state folder of a daemon?")
    }
    state.learner.restartWorkers(count: 0)
    state.configuration.state = ""
    for index in state.configuration.datasets.indices {
      state.configuration.datasets[index].path = UserPath.name(state.configuration.datasets[index].path)
    }
    for index in state.configuration.problem.indices {
      state.configuration.problem[index].dataset = state.configuration.problem[index].dataset
        .map { UserPath.name($0) }
    }
    state.configuration.startFrom = nil
    // Sockets, files of tokens, certificates and keys: what the daemon there serves with is for its own configuration.
    state.configuration.http = Configuration.HTTP()
    state.configuration.snapshot.signingKeyFile = nil
    try AtomicFile.write(state.encoded(), to: output)
    return state.learner.outerIteration
  }
}
