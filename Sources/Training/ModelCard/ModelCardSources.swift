import Engine
import Files
package import Foundation
import Settings
import Shards
import Snapshots
import Tasks

/// The files that a model card is made from. Each is read once, and refused where it belongs to another snapshot, run
/// or data set.
package struct ModelCardSources: Sendable {
  /// The snapshot of θ.
  package var snapshot: URL
  /// The folders of all data sets that it was trained on.
  package var datasets: [URL]
  /// The exported state at the end of the run, which gives the settings.
  package var state: URL
  /// The file `log.jsonl` of each part of the run, which give the time.
  package var logs: [URL]
  /// The exported state that the run began with; nil where it began from nothing.
  package var start: URL?
  /// The files with the output of `lopt evaluate --json`.
  package var evaluations: [URL]
  /// The command that makes the snapshot again.
  package var command: String
  /// The machine that trained, in words; nil where it is not told.
  package var machine: String?
  /// The commit of the program that trained.
  package var commit: String

  /// Names the files.
  package init(
    snapshot: URL, datasets: [URL], state: URL, logs: [URL], start: URL?, evaluations: [URL], command: String,
    machine: String?, commit: String
  ) {
    self.snapshot = snapshot
    self.datasets = datasets
    self.state = state
    self.logs = logs
    self.start = start
    self.evaluations = evaluations
    self.command = command
    self.machine = machine
    self.commit = commit
  }

  /// Reads the files and makes the card.
  ///
  /// - Throws: ``TrainingError`` where a file belongs to something else; an error that names the file where one is
  ///   missing or damaged.
  package func card() throws -> ModelCard {
    let bytes = try FileReading.data(snapshot, atMost: FileReading.mostOfTensors)
    let metadata = try RunnableSnapshot(Snapshot(bytes, name: snapshot.path), name: snapshot.path).metadata
    let digest = Digest.sha256(bytes)
    let manifests = try manifests(of: metadata)
    let start = try start.map { try Self.start($0) }
    let first = start?.outerIterations ?? 0
    guard first <= metadata.outerIteration else {
      throw wrong(self.start ?? snapshot, "ends at outer-iteration \(first), after \(snapshot.path)")
    }
    let logs = try logs.map { try FileReading.data($0, atMost: FileReading.mostOfLog) }
    let time = try OuterTrainingTime(of: logs, after: first, upTo: metadata.outerIteration) { missing in
      let names = self.logs.map(\.path).joined(separator: ", ")
      return TrainingError(
        .wrongCard, "\(names): no row of outer-iteration \(missing), which \(snapshot.path) comes after")
    }
    return ModelCard(
      name: snapshot.deletingPathExtension().lastPathComponent, sha256: digest, problem: metadata.problem,
      objective: metadata.objective, steps: metadata.steps, batch: metadata.batch,
      data: manifests.map { ModelCard.TrainingData(name: $0.name, $0.manifest, digest: $0.digest) },
      settings: try settings(metadata), averageDecay: metadata.averageDecay, start: start, time: time,
      machine: machine, commit: commit, toolVersion: metadata.toolVersion, command: command,
      evaluations: try evaluations(of: digest, trainedOn: manifests.map(\.manifest)))
  }

  private func wrong(_ file: URL, _ reason: String) -> TrainingError {
    TrainingError(.wrongCard, "\(file.path): \(reason)")
  }

  /// Returns the manifests of the data sets, each with its folder's name and its digest.
  private func manifests(
    of metadata: SnapshotMetadata
  ) throws -> [(name: String, manifest: Manifest, digest: String)] {
    let expected = Set(metadata.datasetSHA256.split(separator: ",").map(String.init))
    let found = try datasets.map { folder in
      let (manifest, digest) = try Manifest.read(in: folder)
      guard expected.contains(digest) else {
        throw wrong(folder.appending(path: "manifest.json"), "not a manifest that \(snapshot.path) was trained on")
      }
      return (name: UserPath.name(folder.path), manifest: manifest, digest: digest)
    }
    guard found.count == expected.count else {
      throw wrong(snapshot, "was trained on \(expected.count) data sets; name each of them once with --dataset")
    }
    return found
  }

  private static func start(_ file: URL) throws -> ModelCard.Start {
    let bytes = try FileReading.data(file, atMost: FileReading.mostOfTensors)
    return ModelCard.Start(
      name: file.lastPathComponent, sha256: Digest.sha256(bytes),
      outerIterations: try TrainingState(bytes, name: file.path).learner.outerIteration)
  }

  /// Returns the run's configuration, without the settings that belong to a machine.
  private func settings(_ metadata: SnapshotMetadata) throws -> JSONValue {
    let run = try TrainingState(FileReading.data(state, atMost: FileReading.mostOfState), name: state.path)
    let (seed, estimator) = (run.configuration.seed, run.configuration.outer.estimator.rawValue)
    for (key, own, expected) in [
      ("seed", "\(seed)", "\(metadata.seed)"), ("estimator", estimator, metadata.estimator),
    ] where own != expected {
      throw wrong(state, "its \(key) is \(own), that of \(snapshot.path) \(expected): another run's state")
    }
    guard run.learner.outerIteration >= metadata.outerIteration else {
      throw wrong(state, "ends before \(snapshot.path), at outer-iteration \(run.learner.outerIteration)")
    }
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try JSONDecoder().decode(JSONValue.self, from: encoder.encode(run.configuration))
      .without(["state", "http", "snapshot"])
  }

  /// The part of a report that tells which snapshot and which classes it is about.
  private struct Report: Decodable {
    struct Plan: Decodable { var split: ClassSplit }
    struct Task: Decodable { var classes: [String] }
    var plan: Plan
    var snapshotSHA256: String
    var tasks: [Task]

    enum CodingKeys: String, CodingKey {
      case plan, tasks
      case snapshotSHA256 = "snapshot_sha256"
    }
  }

  /// Returns the reports, without the classes of each task, which follow from the data set and the seed.
  /// - Throws: ``TrainingError`` where classes that a report calls held out were trained or chosen on.
  private func evaluations(of digest: String, trainedOn manifests: [Manifest]) throws -> [JSONValue] {
    let seen = Set(manifests.flatMap(\.classes).filter { $0.split != .heldOut }.map(\.id))
    return try evaluations.map { file in
      let bytes = try FileReading.data(file, atMost: FileReading.mostOfText)
      guard let report = try? JSONDecoder().decode(Report.self, from: bytes),
        let whole = try? JSONDecoder().decode(JSONValue.self, from: bytes)
      else { throw wrong(file, "not what `lopt evaluate --json` prints") }
      guard report.snapshotSHA256 == digest else {
        throw wrong(file, "the evaluation of another snapshot than \(snapshot.path)")
      }
      let evaluated = report.plan.split == .heldOut ? report.tasks.flatMap(\.classes) : []
      if let common = evaluated.filter(seen.contains).min() {
        throw wrong(file, "class \(common) is held out there, and was trained or chosen on")
      }
      return whole.without(["tasks", "snapshot_sha256"])
    }
  }
}
