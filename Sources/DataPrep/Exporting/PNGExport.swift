import Files
import Foundation
import Shards

/// A dataset as a tree of PNG files: a folder for each class, named by its id, and in it 00000.png and so on.
struct PNGExport {
  private let dataset: Dataset
  private let folder: URL

  /// Prepares the export to a folder.
  /// - Throws: ``DataPrepError`` where a class's id cannot be a folder's name, or the images cannot be drawn.
  init(_ dataset: Dataset, to folder: URL) throws {
    try RGBImage.check(dataset.manifest.shape, in: dataset.folder.path)
    for entry in dataset.manifest.classes where [".", ".."].contains(entry.id) || entry.id.contains("/") {
      throw DataPrepError(
        .contradiction, dataset.folder.path, "class \(entry.id) cannot be a folder's name: export it as npz")
    }
    self.dataset = dataset
    self.folder = folder
  }

  /// Writes the files.
  /// - Parameter progress: is called after each image.
  func write(progress: () -> Void) throws {
    for (position, entry) in dataset.manifest.classes.enumerated() {
      let classFolder = folder.appending(path: entry.id)
      try SystemCall.makeFolder(classFolder.path)
      var index = 0
      try dataset.readImages(ofClass: position, 0..<entry.count) { pixels in
        let image = RGBImage(pixels, shape: dataset.manifest.shape)
        let file = try PNG.write(image.pixels, width: image.width, height: image.height)
        try write(file, to: classFolder.appending(path: String(format: "%05d.png", index)))
        index += 1
        progress()
      }
    }
    SystemCall.syncEverything()
  }

  private func write(_ file: [UInt8], to url: URL) throws {
    let descriptor = try SystemCall.open(url.path, O_WRONLY | O_CREAT | O_EXCL)
    defer { SystemCall.close(descriptor) }
    try SystemCall.write(descriptor, Data(file), path: url.path)
  }
}
