extension Manifest {
  /// The shape of every image of a dataset; in JSON the array [height, width, channels].
  public struct Shape: Codable, Hashable, Sendable, CustomStringConvertible {
    /// The number of rows of pixels.
    public var height: Int
    /// The number of pixels of a row.
    public var width: Int
    /// The number of values of a pixel: 1 for grey, 3 for red, green and blue.
    public var channels: Int

    /// Makes a shape. The sizes are not checked.
    public init(height: Int, width: Int, channels: Int) {
      self.height = height
      self.width = width
      self.channels = channels
    }

    /// Decodes the array [height, width, channels], each from 1 to 65,536.
    public init(from decoder: any Decoder) throws {
      let sizes = try decoder.singleValueContainer().decode([Int].self)
      guard sizes.count == 3, sizes.allSatisfy({ (1...65_536).contains($0) }) else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "a shape is [height, width, channels], each from 1"))
      }
      self.init(height: sizes[0], width: sizes[1], channels: sizes[2])
    }

    /// Encodes the array [height, width, channels].
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode([height, width, channels])
    }

    /// The bytes of one image: height × width × channels.
    public var count: Int { height * width * channels }

    /// The shape as people read it, for example 14×14×1.
    public var description: String { "\(height)×\(width)×\(channels)" }
  }
}
