public import Shards
public import Support

/// What stands beside a trained snapshot of θ, `NAME.json` beside `NAME.safetensors`: what it is, how it was made, and
/// what it was found to do. Documentation/evaluation.md lists the fields.
public struct ModelCard: Sendable, Equatable {
  /// A data set that θ was trained on.
  public struct TrainingData: Sendable, Equatable {
    /// The name of its folder.
    public var name: String
    /// What it was made from, for example `mnist`.
    public var source: String
    public var shape: Manifest.Shape
    /// How many classes each split has; a split without classes is absent.
    public var classes: [ClassSplit: Int]
    public var images: Int
    public var manifestSHA256: String
    /// The digest of each shard's images, by which another folder is known to hold the same.
    public var contentSHA256: [String]
  }

  /// The exported state that the run began with.
  public struct Start: Sendable, Equatable {
    /// The name of its file.
    public var name: String
    public var sha256: String
    public var outerIterations: Int
  }

  /// The snapshot's name, without its ending.
  public var name: String
  /// The digest of the snapshot's file.
  public var sha256: String
  public var problem: String
  public var objective: String
  /// The longest life of a task, in inner steps.
  public var steps: Int
  /// The images of a minibatch.
  public var batch: Int
  /// At least one; the first one's shape is that of the problem.
  public var data: [TrainingData]
  /// The run's whole configuration, by the keys of a configuration file, without what belongs to a machine.
  public var settings: JSONValue
  /// How slowly the average of θ forgets; nil where the snapshot is θ itself.
  public var averageDecay: Double?
  /// Nil where the run began from nothing.
  public var start: Start?
  public var time: OuterTrainingTime
  /// The machine that trained it, in words.
  public var machine: String?
  /// The commit of the program that trained it.
  public var commit: String
  public var toolVersion: String
  /// The command that reproduces it.
  public var command: String
  /// What `lopt evaluate --json` printed of it, without the classes of each task.
  public var evaluations: [JSONValue]

  /// The bytes of the file: the same for the same card.
  public var text: String { json.text + "\n" }

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
