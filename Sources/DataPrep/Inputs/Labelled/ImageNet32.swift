import Files
import Foundation
import Shards

/// The downsampled ImageNet: batches of `numpy.savez` with the arrays `data` and `labels`.
///
/// Source: Chrabaszcz, Loshchilov, Hutter, "A Downsampled Variant of ImageNet as an Alternative to the CIFAR datasets"
/// (2017, arXiv 1707.08819). A file whose name begins with `val` holds validation images.
enum ImageNet32 {
  /// The sides of the published images, in pixels.
  static let sizes = [8, 16, 32, 64]

  /// Opens the batches.
  /// - Parameters:
  ///   - paths: files, or folders of `.npz` files.
  ///   - size: the side of the images in pixels.
  ///   - classes: the ids of the labels; nil for `0001`, `0002` ….
  ///   - scratch: the folder for temporary files.
  /// - Throws: ``DataPrepError`` where a file is damaged or has images of another size.
  static func open(_ paths: [String], size: Int, classes: ClassList?, scratch: URL) throws -> LabelledSource {
    var batches: [String] = []
    var leftOut: [LeftOut] = []
    for path in paths {
      guard try FileStatus(input: path).isFolder else {
        batches.append(path)
        continue
      }
      let folder = try ImageNet32Folder(path)
      batches += folder.batches
      leftOut += folder.leftOut
    }
    let files = try batches.map { try ImageNet32File($0, size: size) }
    return try LabelledSource(
      name: "imagenet32", shape: Manifest.Shape(height: size, width: size, channels: 3), files: files,
      leftOut: leftOut, scratch: scratch
    ) { label in
      guard let classes else { return String(format: "%04d", Int(label)) }
      return try classes.id(ofLabel: Int(label))
    }
  }
}

/// A batch: `data` [count, 3 × size × size] of bytes, channel after channel, and `labels` [count] from 1.
private struct ImageNet32File: LabelledFile {
  let parts: [(path: String, bytes: Int)]
  let labels: [UInt16]
  let isValidation: Bool
  private let archive: ZipArchive
  private let imageBytes: Int

  init(_ path: String, size: Int) throws {
    archive = try ZipArchive(path)
    if let inner = archive.members.first(where: { $0.name.lowercased().hasSuffix(".npz") }) {
      throw DataPrepError(
        .otherFormat, path, "is a zip archive of batches (\(inner.name)): unpack it, and give the folder")
    }
    parts = [(path, try FileStatus(input: path).bytes)]
    isValidation = URL(filePath: path).lastPathComponent.lowercased().hasPrefix("val")
    imageBytes = 3 * size * size
    let count = try NPYHeader(try ZipMemberReader(try archive.member("labels.npy"), of: archive)).shape.first ?? 0
    let data = try ZipMemberReader(try archive.member("data.npy"), of: archive)
    let header = try NPYHeader(data)
    guard header.shape.count == 2, header.element?.size == 1, header.shape[0] == count else {
      throw DataPrepError(
        .contradiction, path, "data is \(header.shape), not bytes of \(count) images, one for each label")
    }
    guard header.shape[1] == imageBytes else {
      let side = ImageNet32.sizes.first { 3 * $0 * $0 == header.shape[1] }
      throw DataPrepError(
        .contradiction, path,
        side.map { "its images are \($0)×\($0): give --size \($0)" }
          ?? "its images have \(header.shape[1]) bytes, those of \(size)×\(size) have \(imageBytes)")
    }
    // So many labels are read as there are images: a few compressed bytes can stand for any number of labels.
    guard data.size - data.offset == count * imageBytes else { throw Self.otherLength(path) }
    labels = try Self.labels(archive)
  }

  func forEachImage(_ body: ([UInt8]) throws -> Void) throws {
    let reader = try ZipMemberReader(try archive.member("data.npy"), of: archive)
    _ = try NPYHeader(reader)
    guard reader.size - reader.offset == labels.count * imageBytes else { throw Self.otherLength(archive.path) }
    for _ in labels { try body(interleaved(try reader.read(imageBytes)[...], channels: 3)) }
  }

  private static func otherLength(_ path: String) -> DataPrepError {
    DataPrepError(.damaged, path, "data has another length than its header says: fetch it again")
  }

  private static func labels(_ archive: ZipArchive) throws -> [UInt16] {
    let reader = try ZipMemberReader(try archive.member("labels.npy"), of: archive)
    let header = try NPYHeader(reader)
    guard header.shape.count == 1, let element = header.element,
      reader.size - reader.offset == header.shape[0] * element.size
    else {
      throw DataPrepError(.contradiction, archive.path, "labels is not a list of integers: fetch it again")
    }
    var labels: [UInt16] = []  // It grows with what is there, not with what a damaged header promises.
    for position in 0..<header.shape[0] {
      let bytes = try reader.read(element.size)
      let label = (element.isBigEndian ? bytes : bytes.reversed()).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard (1...UInt64(UInt16.max)).contains(label) else {
        throw DataPrepError(
          .contradiction, archive.path, "label \(position) is \(Int64(bitPattern: label)); the first is 1")
      }
      labels.append(UInt16(label))
    }
    return labels
  }
}
