import Files

/// Everything that decides the bytes of a dataset that is being made.
///
/// A stopped build goes on only where all of it is the same; the splits alone may be changed on purpose.
public struct BuildIdentity: Codable, Equatable, Sendable {
  /// The version of the tool.
  public var toolVersion: String
  /// The revision of the decoder of image files; nil for images that are not decoded, and in builds that were begun before
  /// revisions were counted.
  public var decoderRevision: Int?
  /// The options that change the shards, for example `["--size": "32"]`, all defaults included.
  public var arguments: [String: String]
  /// The options that change the splits of the classes, and so the manifest alone.
  public var splits: [String: String]
  /// A text for each input, by its path, that would show a change of the input.
  public var inputs: [String: String]

  /// Describes a build.
  public init(
    toolVersion: String, decoderRevision: Int? = nil, arguments: [String: String], splits: [String: String] = [:],
    inputs: [String: String]
  ) {
    self.toolVersion = toolVersion
    self.decoderRevision = decoderRevision
    self.arguments = arguments
    self.splits = splits
    self.inputs = inputs
  }

  /// Returns how this identity differs from the one that a build was begun with, as the end of a sentence about its
  /// folder; nil where it does not.
  /// - Parameter changingSplits: whether other splits are no difference.
  func difference(from begun: BuildIdentity, changingSplits: Bool) -> String? {
    if toolVersion != begun.toolVersion {
      return "was begun by version \(begun.toolVersion) of the tool, and this is \(toolVersion)"
    }
    if decoderRevision != begun.decoderRevision {
      return "was begun by revision \(begun.decoderRevision ?? 1) of the decoder, and this is \(decoderRevision ?? 1)"
    }
    if let (option, old, new) = Self.difference(begun.arguments, arguments) {
      return "was begun with \(option) \(old ?? "left out"), and now it is \(new ?? "left out")"
    }
    if !changingSplits, let (option, old, new) = Self.difference(begun.splits, splits) {
      return "was begun with \(option) \(old ?? "left out"), and now it is \(new ?? "left out"), "
        + "with which it goes on where --change-splits is given"
    }
    if let (path, old, new) = Self.difference(begun.inputs, inputs) {
      return "was begun when the input \(path) was \(old ?? "not one"), and now it is \(new ?? "not one")"
    }
    return nil
  }

  /// Returns the first key, in order, whose value differs, with both values; nil where none does.
  private static func difference(_ old: [String: String], _ new: [String: String]) -> (String, String?, String?)? {
    Set(old.keys).union(new.keys).sorted().first { old[$0] != new[$0] }.map { ($0, old[$0], new[$0]) }
  }
}
