extension Manifest {
  /// The shape of every image of a dataset; in JSON the array [height, width, channels].
  public struct Shape: Codable, Hashable, Sendable, CustomStringConvertible {
    public var height: Int
    public var width: Int
    public var channels: Int

    public init(height: Int, width: Int, channels: Int) {
      self.height = height
      self.width = width
      self.channels = channels
    }

    public init(from decoder: any Decoder) throws {
      let sizes = try decoder.singleValueContainer().decode([Int].self)
      guard sizes.count == 3, sizes.allSatisfy({ (1...65_536).contains($0) }) else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "a shape is [height, width, channels], each from 1"))
      }
      self.init(height: sizes[0], width: sizes[1], channels: sizes[2])
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode([height, width, channels])
    }

    /// Bytes of one image.
    public var count: Int { height * width * channels }

    public var description: String { "\(height)×\(width)×\(channels)" }
  }
}
