package import Files
package import Shards

/// What stands beside a trained snapshot of θ, `NAME.json` beside `NAME.safetensors`: what it is, how it was made, and
/// what it was found to do. Documentation/evaluation.md lists the fields.
package struct ModelCard: Sendable, Equatable {
  /// A data set that θ was trained on.
  package struct TrainingData: Sendable, Equatable {
    /// The name of its folder.
    package var name: String
    /// What it was made from, for example `mnist`.
    package var source: String
    package var shape: Manifest.Shape
    /// How many classes each split has; a split without classes is absent.
    package var classes: [ClassSplit: Int]
    package var images: Int
    package var manifestSHA256: String
    /// The digest of each shard's images, by which another folder is known to hold the same.
    package var contentSHA256: [String]
  }

  /// The exported state that the run began with.
  package struct Start: Sendable, Equatable {
    /// The name of its file.
    package var name: String
    package var sha256: String
    package var outerIterations: Int
  }

  /// The snapshot's name, without its ending.
  package var name: String
  /// The digest of the snapshot's file.
  package var sha256: String
  package var problem: String
  package var objective: String
  /// The longest life of a task, in inner steps.
  package var steps: Int
  /// The images of a minibatch.
  package var batch: Int
  /// At least one; the first one's shape is that of the problem.
  package var data: [TrainingData]
  /// The run's whole configuration, by the keys of a configuration file, without what belongs to a machine.
  package var settings: JSONValue
  /// How slowly the average of θ forgets; nil where the snapshot is θ itself.
  package var averageDecay: Double?
  /// Nil where the run began from nothing.
  package var start: Start?
  package var time: OuterTrainingTime
  /// The machine that trained it, in words.
  package var machine: String?
  /// The commit of the program that trained it.
  package var commit: String
  package var toolVersion: String
  /// The command that reproduces it.
  package var command: String
  /// What `lopt evaluate --json` printed of it, without the classes of each task.
  package var evaluations: [JSONValue]

  /// The bytes of the file: the same for the same card.
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
  /// - Parameters:
  ///   - name: that of the folder.
  ///   - digest: of the manifest's file.
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
