/// A decoded image of any size, whole or already smaller.
struct Picture {
  /// Of the whole image; at least 1 each.
  var width: Int
  var height: Int
  /// A pixel of `pixels` stands for the mean of reduction × reduction of the image's, or of what is left at the edges.
  var reduction = 1
  /// Rows and columns reduced, rounded up, and 3; red first.
  var pixels: [UInt8]
  /// What the decoder complained of, though it lost nothing.
  var warning: String?
}

extension Picture {
  /// Rows of `pixels`.
  var rows: Int { (height + reduction - 1) / reduction }
  /// Columns of `pixels`.
  var columns: Int { (width + reduction - 1) / reduction }
}

/// Why there is no picture in a file: the reason that the manifest gives for skipping it.
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
