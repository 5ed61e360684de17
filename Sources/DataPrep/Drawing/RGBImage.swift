import Files
import Shards

/// An image of a dataset in the form in which PNG files are written.
struct RGBImage {
  let width: Int
  let height: Int
  /// The pixels, [height, width, 3].
  let pixels: [UInt8]

  /// Makes an image from the pixels of a dataset; grey becomes three equal channels.
  /// - Parameter pixels: [height, width, channels], with one channel or three.
  init(_ pixels: [UInt8], shape: Manifest.Shape) {
    width = shape.width
    height = shape.height
    self.pixels = shape.channels == 1 ? pixels.flatMap { [$0, $0, $0] } : pixels
  }

  /// Refuses a dataset whose images are neither grey nor of three channels.
  static func check(_ shape: Manifest.Shape, in folder: String) throws {
    guard [1, 3].contains(shape.channels) else {
      throw DataPrepError(.contradiction, folder, "images of \(shape.channels) channels cannot be drawn: 1 or 3 can")
    }
  }
}
