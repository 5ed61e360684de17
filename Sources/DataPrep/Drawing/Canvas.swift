/// An image to draw on, red first.
struct Canvas {
  let width: Int
  let height: Int
  /// The pixels, [height, width, 3].
  private(set) var pixels: [UInt8]

  /// Makes a white canvas.
  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    pixels = [UInt8](repeating: 255, count: width * height * 3)
  }

  /// Draws text in black with its upper left corner at (`x`, `y`); what does not fit is cut off.
  mutating func draw(_ text: String, x: Int, y: Int) {
    for (position, character) in text.enumerated() {
      let left = x + position * (BitmapFont.width + 1)
      for (row, bits) in BitmapFont.rows(of: character).enumerated() {
        for column in 0..<BitmapFont.width where bits >> (BitmapFont.width - 1 - column) & 1 == 1 {
          set([0, 0, 0], x: left + column, y: y + row)
        }
      }
    }
  }

  /// Draws an image with its upper left corner at (`x`, `y`) and each of its pixels as a square of `scale` pixels.
  mutating func draw(_ image: RGBImage, x: Int, y: Int, scale: Int) {
    for row in 0..<image.height * scale {
      for column in 0..<image.width * scale {
        let source = (row / scale * image.width + column / scale) * 3
        set(image.pixels[source..<source + 3], x: x + column, y: y + row)
      }
    }
  }

  private mutating func set(_ colour: some Collection<UInt8>, x: Int, y: Int) {
    guard (0..<width).contains(x), (0..<height).contains(y) else { return }
    pixels.replaceSubrange((y * width + x) * 3..<(y * width + x) * 3 + 3, with: colour)
  }
}
