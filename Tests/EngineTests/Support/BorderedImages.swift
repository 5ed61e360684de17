@testable import Engine

/// Random images with a border of zeros, and the same as the reference takes them.
struct BorderedImages {
  let shape: BorderedShape
  let count: Int
  let buffer: FloatBuffer

  init(_ shape: BorderedShape, count: Int, seed: UInt64) {
    self.shape = shape
    self.count = count
    buffer = FloatBuffer(count * shape.count)
    shape.fill(buffer, with: randomNormals(count * shape.height * shape.width * shape.channels, seed: seed))
  }

  /// Images that are zero.
  init(_ shape: BorderedShape, count: Int) {
    self.shape = shape
    self.count = count
    buffer = FloatBuffer(count * shape.count)
  }

  /// Whether a place of the buffer is in a border.
  private func isBorder(_ place: Int) -> Bool {
    let row = place % shape.count / shape.rowStride
    let column = place % shape.rowStride / shape.channels
    return !(1...shape.height ~= row && 1...shape.width ~= column)
  }

  /// [height, width, channels] of each image.
  var insides: [[Double]] {
    (0..<count).map { image in
      (image * shape.count..<(image + 1) * shape.count).filter { !isBorder($0) }.map { Double(buffer[$0]) }
    }
  }

  /// [images, height, width, channels]
  var values: [Float] { insides.flatMap { $0.map { Float($0) } } }

  var bordersAreZero: Bool { (0..<buffer.count).allSatisfy { !isBorder($0) || buffer[$0] == 0 } }
}
