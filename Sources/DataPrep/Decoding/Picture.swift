/// A decoded image of any size.
struct Picture {
  /// At least 1 each.
  var width: Int
  var height: Int
  /// [height, width, 3], red first.
  var pixels: [UInt8]
  /// What the decoder complained of, though it lost nothing.
  var warning: String?
}

/// Why there is no picture in a file: the reason that the manifest gives for skipping it.
struct UndecodableImage: Error, Equatable {
  var reason: String

  init(_ reason: String) { self.reason = reason }

  /// Refuses an image by the size in its header, before memory is allocated for it.
  static func check(_ width: Int, _ height: Int, maxPixels: Int) throws(UndecodableImage) {
    guard width * height <= maxPixels else {
      throw UndecodableImage("\(width)×\(height) is more than \(maxPixels) pixels")
    }
  }
}
