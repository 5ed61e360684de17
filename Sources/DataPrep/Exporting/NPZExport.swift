import Files
import Foundation
import Shards

/// A dataset as numpy's archives in the layout of the downsampled ImageNet (Chrabaszcz et al. 2017).
///
/// `train_data_batch_1.npz` and, where there are any, `val_data.npz` hold `data` [images, channels·height·width], UInt8,
/// and `labels` [images], Int64 from 1: a class's position in the manifest. `classes.txt` has a line of label, id and
/// name for each class; what would end the id or the line is written as `_`.
struct NPZExport {
  private let dataset: Dataset
  private let folder: URL

  /// Prepares the export to a folder.
  /// - Throws: ``DataPrepError`` where two classes would have one id in `classes.txt`.
  init(_ dataset: Dataset, to folder: URL) throws {
    var words: [String: String] = [:]
    for entry in dataset.manifest.classes {
      if let other = words.updateValue(entry.id, forKey: Self.word(entry.id)) {
        throw DataPrepError(
          .contradiction, dataset.folder.path,
          "the classes \(other) and \(entry.id) are one in a list of words, \(Self.word(entry.id)): export it as png")
      }
    }
    self.dataset = dataset
    self.folder = folder
  }

  /// Writes the files.
  /// - Parameter progress: is called after each image.
  func write(progress: () -> Void) throws {
    let classes = dataset.manifest.classes
    try write("train_data_batch_1.npz", classes.map { 0..<$0.count - $0.validation }, progress)
    if classes.contains(where: { $0.validation > 0 }) {
      try write("val_data.npz", classes.map { $0.count - $0.validation..<$0.count }, progress)
    }
    let lines = classes.enumerated().map { "\($0 + 1) \(Self.word($1.id)) \($1.name.printable())\n" }
    try AtomicFile.write(Data(lines.joined().utf8), to: folder.appending(path: "classes.txt"))
  }

  /// Returns an id as one word for `classes.txt`. An id may have been a folder's name, and so hold anything but a
  /// slash.
  private static func word(_ id: String) -> String {
    String(
      String.UnicodeScalarView(
        id.unicodeScalars.map {
          $0.properties.isWhitespace || !$0.isPrintable || $0 == "," ? "_" : $0
        }))
  }

  /// Writes an archive of some images of each class.
  /// - Parameter ranges: the images of each class.
  private func write(_ name: String, _ ranges: [Range<Int>], _ progress: () -> Void) throws {
    let shape = dataset.manifest.shape
    let count = ranges.reduce(0) { $0 + $1.count }
    let zip = try ZipWriter(folder.appending(path: name))
    try zip.add("data.npy") { append in
      try append(Self.header(type: "|u1", shape: [count, shape.count]))
      for (position, range) in ranges.enumerated() {
        try dataset.readImages(ofClass: position, range) { pixels in
          try append(Self.planes(of: pixels, channels: shape.channels))
          progress()
        }
      }
    }
    try zip.add("labels.npy") { append in
      try append(Self.header(type: "<i8", shape: [count]))
      for (position, range) in ranges.enumerated() {
        let label = (0..<8).map { UInt8(truncatingIfNeeded: (position + 1) >> (8 * $0)) }
        try append(Array(repeatElement(label, count: range.count).joined()))
      }
    }
    try zip.finish()
  }

  /// Returns the channels one after the other: from [height, width, channels] to [channels, height, width].
  private static func planes(of pixels: [UInt8], channels: Int) -> [UInt8] {
    var planes: [UInt8] = []
    planes.reserveCapacity(pixels.count)
    for channel in 0..<channels {
      for index in stride(from: channel, to: pixels.count, by: channels) { planes.append(pixels[index]) }
    }
    return planes
  }

  /// Returns the bytes that numpy's format 1.0 puts in front of an array: the magic bytes, and its type and shape as
  /// Python's text, filled up to a multiple of 64 bytes.
  private static func header(type: String, shape: [Int]) -> [UInt8] {
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    let count = text.utf8.count
    return [0x93] + "NUMPY".utf8 + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + text.utf8
  }
}
