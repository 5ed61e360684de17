package import Files
package import Shards

/// A model card: the file `NAME.json` beside a trained snapshot `NAME.safetensors`, which says what the snapshot is,
/// how it was made, and how it did in evaluations. Documentation/evaluation.md lists the fields.
package struct ModelCard: Sendable, Equatable {
  /// A data set that θ was trained on.
  package struct TrainingData: Sendable, Equatable {
    /// The name of the data set's folder.
    package var name: String
    /// The kind of source that it was made from, for example `mnist`.
    package var source: String
    /// The shape of the images.
    package var shape: Manifest.Shape
    /// The number of classes of each split; a split without classes is absent.
    package var classes: [ClassSplit: Int]
    /// The number of images.
    package var images: Int
    /// The SHA-256 of the manifest, 64 hexadecimal digits.
    package var manifestSHA256: String
    /// The digest of each shard's images, by which another folder is known to hold the same ones.
    package var contentSHA256: [String]
  }

  /// The exported state that the run began with.
  package struct Start: Sendable, Equatable {
    /// The name of the exported state's file.
    package var name: String
    /// The SHA-256 of the file, 64 hexadecimal digits.
    package var sha256: String
    /// The number of outer-iterations behind the state.
    package var outerIterations: Int
  }

  /// The snapshot's name, without its ending.
  package var name: String
  /// The SHA-256 of the snapshot's file, 64 hexadecimal digits.
  package var sha256: String
  /// The name of the inner problem.
  package var problem: String
  /// The objective of outer-training: `train` or `validation`.
  package var objective: String
  /// The longest life of a task, in inner steps.
  package var steps: Int
  /// The number of images of a minibatch.
  package var batch: Int
  /// The data sets, at least one. The shape of the first one is that of the problem.
  package var data: [TrainingData]
  /// The run's whole configuration, by the keys of a configuration file, without what belongs to a machine.
  package var settings: JSONValue
  /// The decay of the average of θ for each outer-iteration; nil where the snapshot is θ itself.
  package var averageDecay: Double?
  /// The state that the run began with; nil where it began from nothing.
  package var start: Start?
  /// The time that outer-training took.
  package var time: OuterTrainingTime
  /// The machine that trained, in words; nil where it is not told.
  package var machine: String?
  /// The commit of the program that trained.
  package var commit: String
  /// The version of the program that trained.
  package var toolVersion: String
  /// The command that makes the snapshot again.
  package var command: String
  /// The reports of `lopt evaluate --json` about the snapshot, without the classes of each task.
  package var evaluations: [JSONValue]

  /// The text of the file: the same for the same card.
  package var text: String { json.text + "\n" }

  private var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("name", .string(name)), ("sha256", .string(sha256)), ("problem", .string(problem)),
      ("objective", .string(objective)), ("size", data.first.map { $0.shape.json } ?? .null),
      ("steps", .number(steps)), ("batch", .number(batch)), ("data", .array(data.map(\.json))), ("settings", settings),
    ]
    if let averageDecay { members.append(("average_decay", .number("\(averageDecay)"))) }
    if let start { members.append(("start_from", start.json)) }
    members += [
      (
        "time",
        [
          "outer_iterations": .number(time.outerIterations), "inner_steps": .number(time.innerSteps),
          "seconds": .number(time.seconds), "ended": .string(time.ended), "machine": .string(machine),
        ]
      ),
      ("commit", .string(commit)), ("tool_version", .string(toolVersion)), ("command", .string(command)),
      ("evaluations", .array(evaluations)),
    ]
    return .object(members.map { JSONValue.Member($0, $1) })
  }
}

extension ModelCard.TrainingData {
  /// Describes a data set by its manifest.
  /// - Parameters:
  ///   - name: the name of the folder.
  ///   - digest: the SHA-256 of the manifest's file.
  init(name: String, _ manifest: Manifest, digest: String) {
    self.init(
      name: name, source: manifest.source.name, shape: manifest.shape,
      classes: Dictionary(grouping: manifest.classes, by: \.split).mapValues(\.count), images: manifest.imageCount,
      manifestSHA256: digest, contentSHA256: manifest.shards.map(\.contentSha256))
  }

  fileprivate var json: JSONValue {
    [
      "name": .string(name), "source": .string(source), "shape": shape.json,
      "classes": .object(
        classes.map { JSONValue.Member($0.rawValue, .number($1)) }.sorted { $0.key < $1.key }),
      "images": .number(images), "manifest_sha256": .string(manifestSHA256),
      "content_sha256": .strings(contentSHA256),
    ]
  }
}

extension ModelCard.Start {
  fileprivate var json: JSONValue {
    ["name": .string(name), "sha256": .string(sha256), "outer_iterations": .number(outerIterations)]
  }
}

extension Manifest.Shape {
  fileprivate var json: JSONValue { .numbers([height, width, channels]) }
}
