/// The shape of the images that an inner problem takes.
package struct ImageShape: Codable, Hashable, Sendable, CustomStringConvertible {
  /// The sides in pixels that the images of a problem with a name may have; larger ones are slips of the pen.
  static let sides = 1...256

  /// The number of rows of pixels.
  package var height: Int
  /// The number of pixels of a row.
  package var width: Int
  /// The number of values of a pixel.
  package var channels: Int

  /// Makes a shape.
  package init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// The number of values of one image.
  package var count: Int { height * width * channels }

  /// The shape as people read it, for example 14×14×1.
  package var description: String { "\(height)×\(width)×\(channels)" }
}
