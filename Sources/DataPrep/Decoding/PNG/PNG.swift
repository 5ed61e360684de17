import CPNG
import Files

// Every call of libpng is in this file, through its simplified interface, which alone does without setjmp; pointers do
// not leave it.

/// Reading and writing of PNG as 8-bit red, green and blue.
enum PNG {
  /// Decodes a PNG file of any kind: an alpha channel is dropped, and 16 bits become 8.
  /// - Throws: `UndecodableImage` where libpng refuses it.
  static func read(_ file: [UInt8]) throws(UndecodableImage) -> Picture {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    // The library keeps the address of `image` between the calls.
    return try withUnsafeMutablePointer(to: &image) { image throws(UndecodableImage) in
      defer { png_image_free(image) }
      try check(png_image_begin_read_from_memory(image, file, file.count), image)
      return try finish(image)
    }
  }

  private static func finish(_ image: UnsafeMutablePointer<png_image>) throws(UndecodableImage) -> Picture {
    let hasAlpha = image.pointee.format & PNG_FORMAT_FLAG_ALPHA != 0
    image.pointee.format = PNG_FORMAT_FLAG_COLOR | (hasAlpha ? PNG_FORMAT_FLAG_ALPHA : 0)
    image.pointee.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)  // or it would take 16 bits for linear light
    let (width, height) = (Int(image.pointee.width), Int(image.pointee.height))
    let count = width * height * (hasAlpha ? 4 : 3)
    var result: Int32 = 0
    var pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      result = png_image_finish_read(image, nil, buffer.baseAddress, 0, nil)
      initialized = result != 0 ? count : 0
    }
    try check(result, image)
    if hasAlpha { dropAlpha(&pixels) }
    let warning = image.pointee.warning_or_error & UInt32(PNG_IMAGE_WARNING) != 0 ? message(image) : nil
    return Picture(width: width, height: height, pixels: pixels, warning: warning)
  }

  private static func dropAlpha(_ pixels: inout [UInt8]) {
    let count = pixels.count / 4
    for pixel in 1..<max(count, 1) {
      for channel in 0..<3 { pixels[3 * pixel + channel] = pixels[4 * pixel + channel] }
    }
    pixels.removeLast(count)
  }

  /// Returns the bytes of a file that holds `pixels` [height, width, 3].
  /// - Throws: ``DataPrepError`` where the image is too large for the format.
  static func write(_ pixels: [UInt8], width: Int, height: Int) throws -> [UInt8] {
    precondition(pixels.count == width * height * 3)
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    image.width = UInt32(width)
    image.height = UInt32(height)
    image.format = PNG_FORMAT_FLAG_COLOR
    var size = pixels.count + pixels.count / 4 + height + 4096  // More than deflate can make of it.
    return try withUnsafeMutablePointer(to: &image) { image in
      defer { png_image_free(image) }
      var result: Int32 = 0
      let file = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
        result = png_image_write_to_memory(image, buffer.baseAddress, &size, 0, pixels, 0, nil)
        initialized = result != 0 ? size : 0
      }
      guard result != 0 else { throw DataPrepError(.library, "libpng", "\(width)×\(height): \(message(image))") }
      return file
    }
  }

  private static func check(_ result: Int32, _ image: UnsafeMutablePointer<png_image>) throws(UndecodableImage) {
    guard result != 0 else { throw UndecodableImage(message(image)) }
  }

  private static func message(_ image: UnsafeMutablePointer<png_image>) -> String {
    withUnsafeBytes(of: image.pointee.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
