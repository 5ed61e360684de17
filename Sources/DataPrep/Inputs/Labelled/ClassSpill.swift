import Files
import Foundation
import Shards

/// Brings images into the order of their classes. Temporary files hold them meanwhile, so that memory does not.
///
/// A file holds the images of some classes, in the order in which they come. It is small enough for the page cache to
/// hold while these are read class by class. The files have no name, so that nothing is left of them in any case.
final class ClassSpill {
  /// The least bytes of a temporary file, unless it is the last.
  private static let fileBytes = 256 << 20
  /// The most temporary files.
  private static let fileLimit = 64

  private let imageBytes: Int
  private var files: [SpillFile] = []
  /// The number of the file of each class, and the places of its images there, counted in images.
  private var places: [(file: Int, images: [UInt32])] = []

  /// Copies the images of the classes `labels`, and of no others, from `sources` to temporary files in `folder`.
  init(_ sources: [any LabelledFile], labels: [UInt16], imageBytes: Int, in folder: URL) throws {
    self.imageBytes = imageBytes
    let positions = Dictionary(uniqueKeysWithValues: zip(labels, labels.indices))
    var counts = Array(repeating: 0, count: labels.count)
    for source in sources {
      for label in source.labels { if let position = positions[label] { counts[position] += 1 } }
    }
    let limit = max(Self.fileBytes, counts.reduce(0, +) * imageBytes / Self.fileLimit)
    var bytes = limit
    for count in counts {
      if bytes >= limit {
        files.append(try SpillFile(in: folder))
        bytes = 0
      }
      bytes += count * imageBytes
      places.append((files.count - 1, []))
    }
    for source in sources {
      var image = 0
      try source.forEachImage { pixels in
        defer { image += 1 }
        guard let position = positions[source.labels[image]] else { return }
        let file = files[places[position].file]
        places[position].images.append(UInt32(file.bytes / imageBytes))
        try file.append(pixels)
      }
    }
    for file in files { try file.flush() }
  }

  /// Hands over the images of the class at a position of the labels, each with its number in the class.
  func read(_ position: Int, _ body: (Int, [UInt8]) throws -> Void) throws {
    let (file, images) = places[position]
    for (number, place) in images.enumerated() {
      try body(number, try files[file].read(imageBytes, at: Int(place) * imageBytes))
    }
  }
}

/// A temporary file that is written to its end and then read anywhere.
private final class SpillFile {
  private let path: String
  private let descriptor: Int32
  private var buffer = Data()
  /// The number of bytes that were appended.
  private(set) var bytes = 0

  init(in folder: URL) throws {
    path = AtomicFile.temporary(for: folder.appending(path: DatasetWriter.temporaryImages)).path
    descriptor = try SystemCall.open(path, O_RDWR | O_CREAT | O_EXCL)
    try SystemCall.removeFile(path)
  }

  deinit { SystemCall.close(descriptor) }

  func append(_ pixels: [UInt8]) throws {
    buffer.append(contentsOf: pixels)
    bytes += pixels.count
    if buffer.count >= 1 << 20 { try flush() }
  }

  func flush() throws {
    try SystemCall.write(descriptor, buffer, path: path)
    buffer.removeAll(keepingCapacity: true)
  }

  func read(_ count: Int, at offset: Int) throws -> [UInt8] {
    try SystemCall.read(descriptor, count, at: offset, path: path)
  }
}
