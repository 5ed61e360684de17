import Engine
import Files
import Foundation

/// The numbers of outer-iterations that a run may have.
private let outerIterationsRange = 1...Configuration.mostOuterIterations

/// The weights that a data set or a problem may have: their products, and sums of these, are exact enough to draw by.
private let weightsRange = 1e-9...1e9

extension ConfigurationKey {
  /// The keys of data sets, problems and the run as a whole.
  static let run = [
    ConfigurationKey(
      "datasets", \.datasets, "A data set's folder; may be given several times.",
      more: """
        In the file an array, each a folder or `{"path", "weight"}`: tasks are drawn from each in proportion to its \
        weight, 1 unless given.
        """,
      absence: "required",
      as: .list(.init(short: "path", path: "path", array: "an array of paths or of objects {path, weight}")),
      changed: .tasks,
      .fault { value, _ in
        value.isEmpty ? Fault("is required: an array of data set folders that dataprep made") : nil
      },
      .fault { value, _ in Fault.ofWeights(value.map(\.weight)) },
      .fault { value, _ in Fault.ofTwice(value.map(\.path)) }),
    ConfigurationKey(
      "state", \.state, "The folder of the run's state.", absence: "required", as: .path, changed: .start,
      .fault { value, _ in value.isEmpty ? Fault("is required: a folder for the run's state") : nil },
      .fault { value, _ in Fault.ofFolder(value) }),
    ConfigurationKey(
      "problem", \.problem, "The inner problem, such as mlp2x32.",
      more: """
        In the file a name, or an array, each a name or an object ([below](#several-problems)): tasks are drawn with \
        each in proportion to its weight, 1 unless given.
        """,
      absence: "by the images' shape",
      as: .list(
        .init(
          short: "name", others: ["dataset", "batch", "reference_loss"],
          groups: ["life": Configuration.Problem.lifeKeys],
          path: "dataset")),
      changed: .tasks,
      .fault { value, _ in Fault.ofWeights(value.map(\.weight)) },
      .fault { value, configuration in
        for (index, entry) in value.enumerated() {
          if (try? InnerProblems.named(entry.name)) == nil {
            return Fault("is \(entry.name), must be one of \(InnerProblems.names)", part: "[\(index)].name")
          }
          if let path = entry.dataset, !configuration.datasets.contains(where: { $0.path == path }) {
            return Fault("is \(path), not one of datasets", part: "[\(index)].dataset")
          }
          if let fault = entry.fault(configuration, part: "[\(index)]") { return fault }
        }
        return nil
      }),
    ConfigurationKey(
      "preset", \.preset, "The settings to begin with: small or paper.", words: Configuration.Preset.words,
      changed: .start),
    ConfigurationKey(
      "seed", \.seed, "The seed of all randomness.", changed: .refused, .range(0...UInt64.max)),
    ConfigurationKey(
      "threads", \.threads, "Threads that compute; 0: one for each core.",
      .must("be 0 (every core) to 1024", (0...1_024).contains)),
    ConfigurationKey(
      "outer_iterations", \.outerIterations, "Outer-iterations after which the run ends.", absence: "none",
      changed: .start, .ifThere(.range(outerIterationsRange))),
    ConfigurationKey(
      "start_from", \.startFrom, "A snapshot, or an exported state, that a new run begins with.",
      more: """
        A snapshot gives it θ, a state θ, Adam's moments and the outer-iteration. Not used once the state folder holds \
        a run.
        """,
      absence: "none", as: .path, changed: .start),
  ]
}

extension Fault {
  /// Returns the fault of a path where no folder can be, as one above it is a file; nil where one is, or may be made.
  fileprivate static func ofFolder(_ path: String) -> Fault? {
    var place = URL(filePath: path).standardizedFileURL
    while true {
      if let status = try? FileStatus(place.path) {
        return status.kind == .folder ? nil : Fault("is \(path), but \(place.path) is no folder: give a folder")
      }
      let parent = place.deletingLastPathComponent()
      if parent.path == place.path { return nil }
      place = parent
    }
  }

  /// Returns the fault of the first path that leads to the same folder as one before it; nil where each leads to another.
  fileprivate static func ofTwice(_ paths: [String]) -> Fault? {
    var known: [AnyHashable: String] = [:]
    for (index, path) in paths.enumerated() {
      // By its number on the disk a folder is the same through links and through mounts.
      let place: AnyHashable = (try? FileStatus(path).identity) ?? AnyHashable(path)
      if let other = known.updateValue(path, forKey: place) {
        return Fault(
          "is \(path), the same data set as \(other): give it once, with a larger weight for more tasks of it",
          part: "[\(index)].path")
      }
    }
    return nil
  }

  /// Returns the fault of the first entry of a list whose weight is not allowed; nil where all are.
  fileprivate static func ofWeights(_ weights: [Double]) -> Fault? {
    weights.firstIndex { !weightsRange.contains($0) }
      .map { Fault("must be in \(weightsRange.words)", part: "[\($0)].weight") }
  }
}

extension CaseIterable where Self: RawRepresentable<String> {
  /// The words of a choice, as the configuration spells them.
  static var words: [String] { allCases.map(\.rawValue) }
}
