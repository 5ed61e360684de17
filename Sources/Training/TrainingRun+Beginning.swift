package import Engine
import Files
import Foundation
import Logging
package import Settings
import Shards
import Snapshots
import Tasks
import Threads

/// The beginning of a run, from nothing or from what a state folder has.
extension TrainingRun {
  /// Checks the configuration against the data sets and the state that there is, and changes nothing.
  /// - Throws: the error with which the run could not begin or go on.
  package static func check(_ configuration: Configuration, kernels: Kernels) throws {
    _ = try configuration.signingKey()
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: configuration.state, isDirectory: &isFolder), !isFolder.boolValue {
      throw ConfigurationError(\.state, "\(configuration.state) is there, and no folder")
    }
    let folder = StateFolder(configuration.stateFolder)
    for part in [folder.url, folder.states, folder.snapshots] { try SystemCall.requireUsableFolder(part.path) }
    let tasks = try DatasetTaskDistribution(configuration, datasets: open(configuration), kernels: kernels)
    _ = try evaluation(configuration, tasks, threads: 1, kernels: kernels)
    guard let state = try StateStore(readingFrom: folder).restore(refused: { _ in })
    else {
      _ = try startingPoint(configuration)
      return
    }
    _ = try ConfigurationChange(
      from: state.configuration, tasks: state.tasks, to: configuration.keeping(state.configuration),
      tasks: tasks.descriptions)
  }

  /// Opens the data sets of a configuration, in its order.
  /// - Parameter opening: is told the share of all of them that was read; it is not called where none has to be.
  static func open(
    _ configuration: Configuration, verification: ShardVerification = .userCache, stop: StopFlag = StopFlag(),
    opening: (Double) -> Void = { _ in }
  ) throws -> [Dataset] {
    try open(
      configuration.datasets.map(\.path), of: \.datasets, verification: verification, stop: stop, opening: opening)
  }

  /// Opens data sets, in the order of their folders.
  /// - Parameters:
  ///   - key: the key that the folders stand in, for errors.
  ///   - opening: is told the share of all of them that was read; it is not called where none has to be.
  static func open(
    _ folders: [String], of key: PartialKeyPath<Configuration>, verification: ShardVerification, stop: StopFlag,
    opening: (Double) -> Void
  ) throws -> [Dataset] {
    let total = folders.reduce(0) { $0 + size($1) }
    var read = 0
    return try folders.map { folder in
      try requireManifest(in: folder, of: key)
      return try Dataset(at: URL(filePath: folder), verification: verification) { count in
        if stop.isSet { throw CancellationError() }
        read += count
        opening(min(1, Double(read) / Double(max(total, 1))))
      }
    }
  }

  /// Checks that a folder has the manifest of a data set.
  /// - Throws: ``ConfigurationError`` where it has none, or this user may not look.
  private static func requireManifest(in folder: String, of key: PartialKeyPath<Configuration>) throws {
    let isThere: Bool
    do {
      if try FileStatus.ifThere(folder + "/manifest.json") != nil { return }
      isThere = try FileStatus.ifThere(folder) != nil
    } catch let error as FileError {
      throw ConfigurationError(
        key, "\(folder) cannot be looked into: \(error.reason): it must be readable to the user that trains")
    }
    throw ConfigurationError(
      key,
      "there is no data set in \(folder)\(isThere ? ", which has no manifest.json: name another folder" : ""); "
        + "make one, for example with: dataprep build shards --source imagenet --input ILSVRC2012_img_train.tar "
        + "--size 32 --output \(isThere ? "FOLDER" : folder)")
  }

  /// Returns the bytes of the files in a folder.
  private static func size(_ folder: String) -> Int {
    let files = try? FileManager.default.contentsOfDirectory(
      at: URL(filePath: folder), includingPropertiesForKeys: [.fileSizeKey])
    return (files ?? []).reduce(0) { $0 + ((try? $1.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0) }
  }

  /// Returns the state of a run that begins from `start`.
  static func begin(_ start: LearnerState, _ configuration: Configuration) -> LearnerState {
    var state = start
    state.restartWorkers(count: configuration.outer.pairs)
    return state
  }

  /// Returns the θ with which a new run begins, random or from `start_from`; from an exported state Adam's moments and
  /// the outer-iteration come, too.
  /// - Throws: ``ConfigurationError`` where that is not there or has another architecture, `SnapshotError` where it is
  ///   damaged.
  static func startingPoint(_ configuration: Configuration) throws -> LearnerState {
    let architecture = configuration.inner.optimizer
    guard let path = configuration.startFrom else {
      let theta = architecture.initialTheta(seed: configuration.seed, cut: configuration.outer.initialCut)
      return LearnerState(theta: theta, workers: 0)
    }
    do { try SystemCall.requireReadable(path) } catch let error as FileError {
      throw ConfigurationError(\.startFrom, "\(path) cannot be read: \(error.reason)")
    }
    let file = try Safetensors(FileReading.data(URL(filePath: path), atMost: FileReading.mostOfState), name: path)
    let found: Architecture
    let start: LearnerState
    if file.metadata["adam_steps"] != nil {
      let state = try TrainingState(file, name: path)
      found = state.configuration.inner.optimizer
      start = state.learner
    } else {
      let snapshot = try RunnableSnapshot(Snapshot(file, name: path), name: path)
      found = snapshot.architecture
      start = LearnerState(theta: snapshot.theta, workers: 0)
    }
    var other = configuration
    other.inner.optimizer = found
    let differences = try ConfigurationChange.differences(from: other, to: configuration)
    guard differences.isEmpty else {
      throw ConfigurationError(
        \.startFrom,
        "\(path) has another architecture: " + differences.map(\.description).joined(separator: ", ")
          + "; begin with one that has the same, or with none")
    }
    // Adam's moments have the shape of θ.
    for vector in [start.theta, start.adam.first, start.adam.second] {
      if let fault = architecture.fault(of: vector) { throw SnapshotError(.damaged, "\(path): damaged: \(fault)") }
    }
    return start
  }

  /// Returns the state of a run that goes on, perhaps under a changed configuration, and tells the console what
  /// changed.
  static func resume(
    _ restored: TrainingState, _ configuration: Configuration, tasks: [DatasetTaskDistribution.Description],
    _ console: Logger
  ) throws -> LearnerState {
    let change = try ConfigurationChange(
      from: restored.configuration, tasks: restored.tasks, to: configuration, tasks: tasks)
    if let path = configuration.startFrom { console.notice("start_from \(path) is not used: the state holds a run") }
    for difference in change.effective { console.notice("takes effect: \(difference)") }
    for difference in change.freshWorkers { console.notice("workers begin anew: \(difference)") }
    var state = restored.learner
    // What another estimator's samples hold is not what this one takes.
    if restored.configuration.outer.estimator != configuration.outer.estimator { state.finished = [] }
    if change.freshWorkers.isEmpty {
      state.resizeWorkers(count: configuration.outer.pairs)
    } else {
      state.restartWorkers(count: configuration.outer.pairs)
    }
    return state
  }

}
