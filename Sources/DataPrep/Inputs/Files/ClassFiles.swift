import Files
import Foundation
import Shards

/// The place where the picture files of one class lie.
enum ClassFiles: Sendable {
  /// A tar archive, which may lie in another: `size` bytes of the file from `offset` on.
  case archive(path: String, offset: Int, size: Int)
  /// A folder, with the folders below it.
  case folder(path: String)

  /// Hands over the pictures, in the archive's order or that of the names, and what is left out.
  /// - Parameter id: the class, with which the pictures' names begin.
  func read(_ id: String, _ visit: (SourceEvent) throws -> Void) throws {
    switch self {
    case .archive(let path, let offset, let size):
      let file = try ForwardFile(path)
      try file.skip(to: offset, of: "the archive")
      try Self.readArchive(file, size: size, id, visit)
    case .folder(let path):
      let (images, leftOut) = try FolderListing.pictures(in: path, prefix: id)
      for name in images {
        let imagePath = path + name.dropFirst(id.count)
        let file = try ForwardFile(imagePath)
        let bytes = try file.read(upTo: ImageFile.largest + 1)
        let content =
          bytes.count > ImageFile.largest ? ImageFile.refusal(bytes: file.size ?? bytes.count) : .file(bytes)
        try visit(.image(SourceImage(name: name, content: content)))
      }
      for each in leftOut { try visit(.leftOut(each)) }
    }
  }

  /// Hands over the pictures of the class archive that begins where `file` stands, and what is left out.
  /// - Returns: the folders in the archive in which the pictures lie, where there are several side by side.
  /// - Throws: ``DataPrepError`` where there is no picture, or the last one ends in zeros as the archive does.
  @discardableResult
  static func readArchive(
    _ file: ForwardFile, size: Int?, _ id: String, _ visit: (SourceEvent) throws -> Void
  ) throws -> Set<String> {
    var last: (name: String, content: SourceImage.Content)?
    var entries = ClassArchiveEntries(file, size: size, id)
    while let step = try entries.next() {
      switch step {
      case .leftOut(let leftOut): try visit(.leftOut(leftOut))
      case .picture(let entry):
        let content: SourceImage.Content =
          entry.size > ImageFile.largest ? ImageFile.refusal(bytes: entry.size) : .file(try entries.read(entry))
        last = (entry.name, content)
        try visit(.image(SourceImage(name: "\(id)/\(entry.name)", content: content)))
      }
    }
    guard let last else { throw entries.noPicture }
    if case .file(let bytes) = last.content, ImageFile.endsInHole(bytes) {
      throw DataPrepError(
        .damaged, file.path,
        "the archive of class \(id) ends in zeros that begin in its picture \(last.name): a part was not fetched; fetch it again"
      )
    }
    return entries.folders.names
  }

  /// Returns the folders of an archive in which pictures lie, where there are several side by side; nil of a folder. Only
  /// headers are read.
  /// - Throws: ``DataPrepError`` where the archive is damaged, or holds several classes.
  func foldersInArchive(_ id: String) throws -> Set<String>? {
    guard case .archive(let path, let offset, let size) = self else { return nil }
    let file = try ForwardFile(path)
    try file.skip(to: offset, of: "the archive")
    var entries = ClassArchiveEntries(file, size: size, id)
    while try entries.next() != nil {}
    return entries.folders.names
  }

  /// Checks that there is a picture. Of an archive nothing behind the first one is read.
  /// - Throws: ``DataPrepError`` that says what there is instead.
  func checkPicture(_ id: String) throws {
    switch self {
    case .archive(let path, let offset, let size):
      let file = try ForwardFile(path)
      try file.skip(to: offset, of: "the archive")
      var entries = ClassArchiveEntries(file, size: size, id)
      while let step = try entries.next() { if case .picture = step { return } }
      throw entries.noPicture
    case .folder(let path):
      let (images, leftOut) = try FolderListing.pictures(in: path, prefix: id)
      guard images.isEmpty else { return }
      let others = leftOut.isEmpty ? "" : " that is read, only \(leftOut.phrase)"
      throw DataPrepError(
        .contradiction, path, "is the folder of a class, but holds no picture\(others): add some, or remove it")
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
    var entries = ClassArchiveEntries(file, size: size, id)
    while let step = try entries.next() { if case .picture = step { count += 1 } }
    return count
  }

  /// The path of the file or folder.
  var path: String {
    switch self {
    case .archive(let path, _, _), .folder(let path): path
    }
  }
}
