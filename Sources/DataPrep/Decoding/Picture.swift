/// A decoded image of any size, whole or already reduced.
struct Picture {
  /// The width of the whole image in pixels, at least 1.
  var width: Int
  /// The height of the whole image in pixels, at least 1.
  var height: Int
  /// The number of the image's pixels, along each side, that a pixel of `pixels` is the mean of; fewer at the edges.
  var reduction = 1
  /// The pixels, [``rows``, ``columns``, 3], red first.
  var pixels: [UInt8]
  /// The decoder's complaint, though it lost nothing; nil where it had none.
  var warning: String?
}

extension Picture {
  /// The number of rows of `pixels`: the height divided by the reduction, rounded up.
  var rows: Int { (height + reduction - 1) / reduction }
  /// The number of columns of `pixels`: the width divided by the reduction, rounded up.
  var columns: Int { (width + reduction - 1) / reduction }
}

/// An error about a file that holds no picture. The manifest gives its reason for skipping the file.
struct UndecodableImage: Error, Equatable {
  var reason: String

  init(_ reason: String) { self.reason = reason }

  /// Refuses an image by the size in its header, before memory is allocated for it.
  static func check(_ width: Int, _ height: Int, maxPixels: Int) throws(UndecodableImage) {
    // A product of two sizes of a PNG may be too large for any integer.
    guard width <= maxPixels / max(height, 1) else {
      throw UndecodableImage("\(width)×\(height) is more than \(maxPixels) pixels")
    }
  }
}
