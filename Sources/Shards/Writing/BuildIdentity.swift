import Files

/// What decides the bytes of a dataset that is being made: a stopped build goes on only where all of it is the same, but
/// for the splits, which may be changed on purpose.
public struct BuildIdentity: Codable, Equatable, Sendable {
  public var toolVersion: String
  /// The options that change the shards, for example `["--size": "32"]`, all defaults included.
  public var arguments: [String: String]
  /// Those that change the classes' splits, and so the manifest alone.
  public var splits: [String: String]
  /// What each input is, by its path: whatever would show that it was changed.
  public var inputs: [String: String]

  public init(
    toolVersion: String, arguments: [String: String], splits: [String: String] = [:], inputs: [String: String]
  ) {
    self.toolVersion = toolVersion
    self.arguments = arguments
    self.splits = splits
    self.inputs = inputs
  }

  /// How this one differs from the one that a build was begun with, or nil.
  /// - Parameter changingSplits: whether other splits are no difference.
  func difference(from begun: BuildIdentity, changingSplits: Bool) -> String? {
    if toolVersion != begun.toolVersion {
      return "was begun by version \(begun.toolVersion) of the tool, and this is \(toolVersion)"
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

  /// The first key, in order, that has another value.
  private static func difference(_ old: [String: String], _ new: [String: String]) -> (String, String?, String?)? {
    Set(old.keys).union(new.keys).sorted().first { old[$0] != new[$0] }.map { ($0, old[$0], new[$0]) }
  }
}
