/// The shape of images in memory with a border of zeros, so that a 3×3 kernel needs no test at the edges
/// (Documentation/method.md#convolutions-and-padding).
///
/// The border is one pixel wide before the image. Behind it, it is one or two pixels wide, so that both sizes are even
/// for kernels that go by 2×2 pixels.
struct BorderedShape {
  let height: Int
  let width: Int
  let channels: Int

  /// The number of floats from one row of pixels to the next.
  var rowStride: Int { (width + 2 + width % 2) * channels }
  /// The number of floats of one image.
  var count: Int { (height + 2 + height % 2) * rowStride }

  /// Returns the offset of the pixel at (`y`, `x`) in an image. Coordinates go from −1, which is the border, to the
  /// image's size, which is border again.
  func offset(_ y: Int, _ x: Int) -> Int { (y + 1) * rowStride + (x + 1) * channels }
}

extension BorderedShape {
  /// Returns the shape of a convolution's result with padding SAME.
  func convolved(stride: Int, channels: Int) -> BorderedShape {
    BorderedShape(height: (height + stride - 1) / stride, width: (width + stride - 1) / stride, channels: channels)
  }

  /// Sets the insides of a buffer of images to `pixels` [images, height, width, channels]; the border stays.
  func fill(_ buffer: FloatBuffer, with pixels: [Float]) {
    let run = width * channels
    precondition(buffer.count / count * height * run == pixels.count)
    for row in 0..<pixels.count / run {
      let place = row / height * count + offset(row % height, 0)
      buffer[place..<place + run].assign(pixels, from: row * run)
    }
  }
}
