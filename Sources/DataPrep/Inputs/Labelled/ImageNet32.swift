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
    let files = try paths.flatMap { try FileStatus($0).isFolder ? try batches(in: $0) : [$0] }
      .map { try ImageNet32File($0, size: size) }
    return try LabelledSource(
      name: "imagenet32", shape: Manifest.Shape(height: size, width: size, channels: 3), files: files,
      scratch: scratch
    ) { label in
      guard let classes else { return String(format: "%04d", Int(label)) }
      return try classes.id(ofLabel: Int(label))
    }
  }

  /// Returns the batches of a folder in the order of their numbers, 2 before 10.
  private static func batches(in folder: String) throws -> [String] {
    let names = try FolderListing(folder, followsLinks: true).files.filter { $0.lowercased().hasSuffix(".npz") }
    guard !names.isEmpty else { throw DataPrepError(.missing, folder, "has no .npz file") }
    return names.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }.map { folder + "/" + $0 }
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
    parts = [(path, try FileStatus(path).bytes)]
    isValidation = URL(filePath: path).lastPathComponent.lowercased().hasPrefix("val")
    imageBytes = 3 * size * size
    labels = try Self.labels(archive)
    let header = try NPYHeader(try ZipMemberReader(try archive.member("data.npy"), of: archive))
    guard header.shape.count == 2, header.element?.size == 1, header.shape[0] == labels.count else {
      throw DataPrepError(
        .contradiction, path, "data is \(header.shape), not bytes of \(labels.count) images, one for each label")
    }
    guard header.shape[1] == imageBytes else {
      let side = ImageNet32.sizes.first { 3 * $0 * $0 == header.shape[1] }
      throw DataPrepError(
        .contradiction, path,
        side.map { "its images are \($0)×\($0): give --size \($0)" }
          ?? "its images have \(header.shape[1]) bytes, those of \(size)×\(size) have \(imageBytes)")
    }
  }

  func forEachImage(_ body: ([UInt8]) throws -> Void) throws {
    let reader = try ZipMemberReader(try archive.member("data.npy"), of: archive)
    _ = try NPYHeader(reader)
    guard reader.size - reader.offset == labels.count * imageBytes else {
      throw DataPrepError(.damaged, archive.path, "data has another length than its header says: fetch it again")
    }
    for _ in labels { try body(interleaved(try reader.read(imageBytes)[...], channels: 3)) }
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
