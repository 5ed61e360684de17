import Files
import Foundation
import Shards

/// A picture with some images of each class side by side, a row a class, the class's name in front of them.
struct ContactSheet {
  private static let margin = 4
  /// The number of characters of a class's name that are shown.
  private static let characters = 32
  /// The most pixels of a sheet: 300 MB.
  private static let pixelLimit = 100_000_000

  private let dataset: Dataset
  private let classes: [Int]
  private let perClass: Int
  /// The number of pixels of the sheet, along each side, for a pixel of an image. Small images are drawn larger.
  private let scale: Int
  /// The distance from one image's corner to the next one's, in pixels.
  private let step: (x: Int, y: Int)
  private let labelWidth: Int
  let width: Int
  let height: Int

  /// Lays out a sheet.
  /// - Parameters:
  ///   - classes: positions in the manifest, from above.
  ///   - perClass: the number of images of each class; all, where a class has fewer.
  /// - Throws: ``DataPrepError`` where the sheet would be too large.
  init(of dataset: Dataset, classes: [Int], perClass: Int) throws {
    let shape = dataset.manifest.shape
    try RGBImage.check(shape, in: dataset.folder.path)
    self.dataset = dataset
    self.classes = classes
    self.perClass = min(perClass, classes.map { dataset.manifest.classes[$0].count }.max() ?? 0)
    scale = max(32 / max(shape.width, shape.height), 1)
    step = (shape.width * scale + 2, max(shape.height * scale, 2 * BitmapFont.height + 3) + 2)
    labelWidth = Self.characters * (BitmapFont.width + 1) + 2 * Self.margin
    width = labelWidth + self.perClass * step.x + Self.margin
    height = classes.count * step.y + 2 * Self.margin
    guard width * height <= Self.pixelLimit else {
      throw DataPrepError(
        .usage, dataset.folder.path, "a sheet of \(width)×\(height) pixels is too large: choose fewer with --classes")
    }
  }

  /// Draws the sheet.
  /// - Parameter progress: is called after each class.
  func draw(progress: () -> Void = {}) throws -> Canvas {
    var canvas = Canvas(width: width, height: height)
    for (row, position) in classes.enumerated() {
      let entry = dataset.manifest.classes[position]
      let y = Self.margin + row * step.y
      let title = entry.id == entry.name ? entry.id : "\(entry.id) \(entry.name)"
      canvas.draw(String(title.prefix(Self.characters)), x: Self.margin, y: y)
      canvas.draw("\(entry.split.rawValue), \(entry.count)", x: Self.margin, y: y + BitmapFont.height + 3)
      let shown = min(perClass, entry.count)
      for column in 0..<shown {
        // The images are spread over the whole class, from its first to its last ones, which are for validation.
        let index = column * entry.count / shown
        try dataset.readImages(ofClass: position, index..<index + 1) { pixels in
          let image = RGBImage(pixels, shape: dataset.manifest.shape)
          canvas.draw(image, x: labelWidth + column * step.x, y: y, scale: scale)
        }
      }
      progress()
    }
    return canvas
  }
}
