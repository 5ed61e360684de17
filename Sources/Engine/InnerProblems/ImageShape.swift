/// The shape of a dataset's images.
package struct ImageShape: Codable, Hashable, Sendable, CustomStringConvertible {
  package var height: Int
  package var width: Int
  package var channels: Int

  package init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// Values of one image.
  package var count: Int { height * width * channels }

  package var description: String { "\(height)×\(width)×\(channels)" }
}
