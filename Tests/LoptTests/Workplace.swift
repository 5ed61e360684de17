import Engine
import Files
import Foundation
import Snapshots
import TestSupport
import Testing

/// A data set, a snapshot, and a cache folder for the tools.
struct Workplace {
  var folder: URL
  var dataset: String { folder.appending(path: "mnist14").path }
  var snapshot: String { folder.appending(path: "theta-000000000.safetensors").path }
  var environment: [String: String] { ["XDG_CACHE_HOME": folder.appending(path: "cache").path] }

  init(in folder: URL, size: Int = 14) throws {
    self.folder = folder
    let build = try run(
      "dataprep",
      [
        "build", "shards", "--source", "mnist", "--input", Repository.mnist.path, "--size", "\(size)", "--output",
        dataset,
      ])
    try #require(build.exitCode == 0, "\(build.errors)")
    let architecture = Architecture()
    let metadata = SnapshotMetadata(
      hiddenLayers: architecture.hiddenLayers, hiddenUnits: architecture.hiddenUnits,
      features: architecture.features.map(\.rawValue), betas: architecture.betas,
      timeScales: architecture.timeScales, lambda1: architecture.lambda1, lambda2: architecture.lambda2,
      outerIteration: 0, objective: "train", estimator: "combined", problem: "mlp2x32", batch: 16, steps: 50,
      dataset: "mnist14", datasetSHA256: "", seed: 1, toolVersion: "test")
    let theta = architecture.initialTheta(seed: 1)
    try Snapshot(theta: theta, metadata: metadata).encoded().write(to: URL(filePath: snapshot))
  }

  func run(_ tool: String, _ arguments: [String], path: String? = nil) throws -> ProcessResult {
    let variables = path.map { environment.merging(["PATH": $0]) { $1 } } ?? environment
    return try ToolProcess.run(tool, arguments, environment: variables)
  }

  func arguments(_ more: [String]) -> [String] {
    ["evaluate", "--snapshot", snapshot, "--dataset", dataset, "--problem", "mlp2x32"] + more
  }

  /// The lines of finished runs, with their file, where there is one.
  func finishedRuns() throws -> (file: URL, lines: [Substring])? {
    let logs = folder.appending(path: "cache/lopt/evaluations")
    let files = (try? FileManager.default.contentsOfDirectory(at: logs, includingPropertiesForKeys: nil)) ?? []
    return try files.first.map { ($0, try String(contentsOf: $0, encoding: .utf8).split(separator: "\n")) }
  }
}
