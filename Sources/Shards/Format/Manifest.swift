import Files
import Foundation

/// What `manifest.json` says of a dataset folder. The format is described in Documentation/shards.md.
public struct Manifest: Codable, Equatable, Sendable {
  /// The version that this program writes, and the newest that it reads.
  ///
  /// In version 1 the source always had a shape.
  public static let currentVersion = 2
  static let fileName = "manifest.json"

  public var formatVersion: Int
  public var toolVersion: String
  public var source: Source
  public var shape: Shape
  /// How the source's images were brought to the shape.
  public var resampling: String
  /// Mean and deviation of each channel over the training images of the classes of the split `train`.
  public var channels: [Channel]
  /// In the order of the keys: a class is known by its position here.
  public var classes: [ImageClass]
  public var shards: [Shard]
  public var skipped: [Skipped]
  /// Images that are here although the decoder complained of their files; version 1 did not count them.
  public var warnings: Int?

  /// What the dataset was made from.
  public struct Source: Codable, Equatable, Sendable {
    public var name: String
    /// Of all its images; nil where they differ.
    public var shape: Shape?
    public var files: [File]

    /// A file that was read, or a folder of them: then `bytes` is 0.
    public struct File: Codable, Equatable, Sendable {
      public var name: String
      public var bytes: Int

      public init(name: String, bytes: Int) {
        self.name = name
        self.bytes = bytes
      }
    }

    public init(name: String, shape: Shape?, files: [File]) {
      self.name = name
      self.shape = shape
      self.files = files
    }
  }

  /// In units of the pixels, 0 to 255.
  public struct Channel: Codable, Equatable, Sendable {
    public var mean: Double
    public var standardDeviation: Double
  }

  public struct ImageClass: Codable, Equatable, Sendable {
    /// Unique in the dataset, for example the digit.
    public var id: String
    /// For people.
    public var name: String
    public var split: ClassSplit
    /// The position in `shards` of the file that holds all its images.
    public var shard: Int
    /// All images, of training and validation.
    public var count: Int
    /// So many of them, at the tail of the class's keys, are validation images.
    public var validation: Int
  }

  public struct Shard: Codable, Equatable, Sendable {
    public var file: String
    public var bytes: Int
    /// Of the whole file.
    public var fileSha256: String
    /// Of each key's six bytes and then its value, in key order: independent of LMDB's own layout.
    public var contentSha256: String

    static let filePrefix = "shard-"

    /// The name of the file at a position of `shards`.
    static func file(_ position: Int) -> String { filePrefix + String(format: "%05d.lmdb", position) }
  }

  /// Something of the source that is not in the dataset.
  public struct Skipped: Codable, Equatable, Sendable {
    public var name: String
    public var reason: String
  }

  /// All images of the dataset.
  public var imageCount: Int { classes.reduce(0) { $0 + $1.count } }

  /// The positions in `classes` of a split's classes, in order.
  public func positions(in split: ClassSplit) -> [Int] {
    classes.indices.filter { classes[$0].split == split }
  }
}
