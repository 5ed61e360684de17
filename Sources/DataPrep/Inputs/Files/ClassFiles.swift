import Files
import Foundation
import Shards

/// The place where the picture files of one class lie.
enum ClassFiles: Sendable {
  /// A tar archive, which may lie in another: `size` bytes of the file from `offset` on.
  case archive(path: String, offset: Int, size: Int)
  /// A folder, with the folders below it.
  case folder(path: String)

  /// Hands over the pictures, in the archive's order or that of the names.
  /// - Parameter id: the class, with which the pictures' names begin.
  func read(_ id: String, _ visit: (SourceEvent) throws -> Void) throws {
    switch self {
    case .archive(let path, let offset, let size):
      let file = try ForwardFile(path)
      try file.skip(to: offset, of: "the archive")
      try Self.readArchive(file, size: size, id, visit)
    case .folder(let path):
      for name in try FolderListing.images(in: path, prefix: id) {
        let imagePath = path + name.dropFirst(id.count)
        let file = try ForwardFile(imagePath)
        let bytes = try file.read(upTo: ImageFile.largest + 1)
        let content =
          bytes.count > ImageFile.largest ? ImageFile.refusal(bytes: file.size ?? bytes.count) : .file(bytes)
        try visit(.image(SourceImage(name: name, content: content)))
      }
    }
  }

  /// Hands over the pictures of the class archive that begins where `file` stands.
  static func readArchive(
    _ file: ForwardFile, size: Int?, _ id: String, _ visit: (SourceEvent) throws -> Void
  ) throws {
    try forEachPicture(file, size: size, id) { archive, entry in
      let content: SourceImage.Content =
        entry.size > ImageFile.largest ? ImageFile.refusal(bytes: entry.size) : .file(try archive.read(entry))
      try visit(.image(SourceImage(name: "\(id)/\(entry.name)", content: content)))
    }
  }

  /// Visits the entries of a class archive that are pictures.
  /// - Throws: ``DataPrepError`` where another archive lies in it, whose pictures would be lost.
  private static func forEachPicture(
    _ file: ForwardFile, size: Int?, _ id: String, _ visit: (inout TarReader, TarReader.Entry) throws -> Void
  ) throws {
    var archive = TarReader(file, size: size, named: "the archive of class \(id)")
    var first: String?
    while let entry = try archive.nextEntry() {
      guard ImageNet.id(ofArchive: entry.name) == nil else {
        throw ImageNet.strayArchive(entry.name, ofClass: id, behind: first, in: file.path)
      }
      guard ImageFile.isImage(entry.name) else { continue }
      first = first ?? entry.name
      try visit(&archive, entry)
    }
  }

  /// Returns a text that would show a change of the class `id` between two readings; nil where the class is part of a
  /// file, whose own identity shows that.
  func origin(_ id: String) throws -> String? {
    switch self {
    case .archive(let path, _, _): return isOwnArchive ? try InputIdentity.ofFile(path) : nil
    case .folder(let path):
      let pictures = try FolderListing.images(in: path, prefix: id).map { name in
        "\(name) \(try InputIdentity.ofFile(path + name.dropFirst(id.count)))"
      }
      let digest = Digest.sha256(Data(pictures.joined(separator: "\n").utf8))
      return "\(pictures.count) pictures, SHA-256 of their names, sizes and times \(digest)"
    }
  }

  /// Whether the class is an archive that is a file of its own. One that lies in another begins behind its header.
  var isOwnArchive: Bool {
    if case .archive(_, offset: 0, _) = self { true } else { false }
  }

  /// Returns how many pictures the archive of a class holds, by reading the headers alone.
  static func count(inArchive path: String, offset: Int, size: Int, _ id: String) throws -> Int {
    let file = try ForwardFile(path)
    try file.skip(to: offset, of: "the archive")
    var count = 0
    try forEachPicture(file, size: size, id) { _, _ in count += 1 }
    return count
  }

  /// The path of the file or folder.
  var path: String {
    switch self {
    case .archive(let path, _, _), .folder(let path): path
    }
  }
}
