import Files
import Foundation

/// The contents of the file `manifest.json` of a dataset folder (Documentation/shards.md).
public struct Manifest: Codable, Equatable, Sendable {
  /// The version of the format that this program writes, and the newest that it reads.
  ///
  /// In version 1 the source always had a shape, and warnings were not counted.
  public static let currentVersion = 2
  static let fileName = "manifest.json"

  /// The version of the format, from 1 to ``currentVersion``.
  public var formatVersion: Int
  /// The version of the program that made the dataset.
  public var toolVersion: String
  /// The files that the dataset was made from.
  public var source: Source
  /// The shape of every image of the dataset.
  public var shape: Shape
  /// A phrase that says how the source's images were brought to the shape; "none" where they had it.
  public var resampling: String
  /// The revision of the decoder of image files; nil for images that were not decoded, and in datasets that were made
  /// before revisions were counted.
  public var decoderRevision: Int?
  /// Mean and deviation of each channel over the training images of the classes of the split `train`.
  public var channels: [Channel]
  /// The classes in the order of the keys. A class is known by its position in this array.
  public var classes: [ImageClass]
  /// The files that hold the images, in order.
  public var shards: [Shard]
  /// The images of the source that are not in the dataset, with the reasons.
  public var skipped: [Skipped]
  /// What of the source was not taken for images at all, by the reason; nil where there is nothing of the kind.
  public var leftOut: [LeftOut]?
  /// The number of images that are in the dataset although the decoder complained of their files; nil in version 1.
  public var warnings: Int?

  /// The kind of source that a dataset was made from, and its files.
  public struct Source: Codable, Equatable, Sendable {
    /// The name of the kind, for example "imagenet".
    public var name: String
    /// The shape of all images of the source; nil where they differ.
    public var shape: Shape?
    /// The files that were read, in the order in which they were given.
    public var files: [File]

    /// A file that was read, or a folder of files.
    public struct File: Codable, Equatable, Sendable {
      /// The name, without the folders above it.
      public var name: String
      /// The size in bytes; 0 for a folder.
      public var bytes: Int

      /// Describes a file or folder.
      public init(name: String, bytes: Int) {
        self.name = name
        self.bytes = bytes
      }
    }

    /// Describes a source.
    public init(name: String, shape: Shape?, files: [File]) {
      self.name = name
      self.shape = shape
      self.files = files
    }
  }

  /// The statistics of one channel of pixels, in units of the pixels, 0 to 255.
  public struct Channel: Codable, Equatable, Sendable {
    /// The mean of the channel's pixels.
    public var mean: Double
    /// The standard deviation of the channel's pixels.
    public var standardDeviation: Double
  }

  /// A class of the dataset: what is known of it, and where its images are.
  public struct ImageClass: Codable, Equatable, Sendable {
    /// The identifier, unique in the dataset, for example the digit or the WordNet id.
    public var id: String
    /// The name as people read it.
    public var name: String
    /// The split that may see the class.
    public var split: ClassSplit
    /// The position in `shards` of the file that holds all images of the class.
    public var shard: Int
    /// The number of all images, of training and validation.
    public var count: Int
    /// The number of validation images. They are the last of the class's keys.
    public var validation: Int
  }

  /// A shard: one file that holds the images of consecutive classes.
  public struct Shard: Codable, Equatable, Sendable {
    /// The name of the file in the dataset folder.
    public var file: String
    /// The size of the file in bytes.
    public var bytes: Int
    /// The SHA-256 of the whole file, 64 hexadecimal digits.
    public var fileSha256: String
    /// The SHA-256 of each key's six bytes and then its value, in key order. It does not depend on LMDB's own layout.
    public var contentSha256: String

    static let filePrefix = "shard-"
    /// The most bytes of a file, 256 TiB, so that sums of them fit.
    static let mostBytes = 1 << 48

    /// Returns the name of the file at a position of `shards`.
    static func file(_ position: Int) -> String { filePrefix + String(format: "%05d.lmdb", position) }
  }

  /// An image of the source that is not in the dataset.
  public struct Skipped: Codable, Equatable, Sendable {
    /// The image's name in the source.
    public var name: String
    /// Why it is not in the dataset.
    public var reason: String
  }

  /// The files and folders of the source that were not taken for images, for one reason.
  public struct LeftOut: Codable, Equatable, Sendable {
    /// A phrase that says what they are.
    public var reason: String
    /// The number of them.
    public var count: Int
    /// The names in the source of the first ``namesLimit`` of them.
    public var names: [String]

    /// The most names that are kept for a reason.
    public static let namesLimit = 100

    /// Counts one more thing in the group of its reason.
    static func add(name: String, reason: String, to groups: inout [LeftOut]?) {
      var all = groups ?? []
      let position = all.firstIndex { $0.reason == reason } ?? all.endIndex
      if position == all.endIndex { all.append(LeftOut(reason: reason, count: 0, names: [])) }
      all[position].count += 1
      if all[position].names.count < namesLimit { all[position].names.append(name) }
      groups = all
    }
  }

  /// The number of all images of the dataset.
  public var imageCount: Int { classes.reduce(0) { $0 + $1.count } }

  /// Returns the positions in `classes` of a split's classes, in order.
  public func positions(in split: ClassSplit) -> [Int] {
    classes.indices.filter { classes[$0].split == split }
  }
}
