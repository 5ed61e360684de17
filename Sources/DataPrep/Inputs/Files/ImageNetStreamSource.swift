import Shards

/// A source that reads the tar of tars from a pipe. Only the pipe's end tells how many classes there are.
struct ImageNetStreamSource: ImageSource {
  /// The path of the pipe, or `-` for standard input.
  let path: String

  var name: String { "imagenet" }
  var inputs: [String: String] { [path: "a stream"] }
  var shape: Manifest.Shape? { nil }
  var originalShape: Manifest.Shape? { nil }
  var resampling: String? { nil }
  var classes: [SourceClass]? { nil }
  var expectedImages: Int? { nil }
  var temporaryBytes: Int { 0 }

  func read(after finished: Int, _ visit: (SourceEvent) throws -> Void) throws -> [Manifest.Source.File] {
    let file = try ForwardFile(path)
    var archive = TarReader(file)
    var position = 0
    var ids = ClassIDs()
    var layout = ArchiveLayout()
    while let entry = try archive.nextEntry() {
      guard let id = ImageNet.id(ofArchive: entry.name) else {
        guard !ImageFile.isImage(entry.name) else {
          throw ImageNet.strayPicture(entry.name, in: path)
        }
        if !ImageNet.isForeign(entry.name) {
          let leftOut = try FilesBesideClasses.leftOut(
            entry.name, isClass: ids.all.contains, ofArchives: true, in: path)
          if finished == 0 || position > finished { try visit(.leftOut(leftOut)) }
        }
        continue
      }
      if entry.isLink { throw ImageNet.linkedArchive(entry.name, in: path) }
      // Two classes of one name are the writer's to refuse.
      if !ids.all.contains(id) { try ids.insert(id, at: path) }
      let origin = "an archive of \(entry.size) bytes, changed at \(entry.changed)"
      try visit(.begin(SourceClass(id: id, origin: origin)))
      let folders = position < finished ? [] : try ClassFiles.readArchive(file, size: entry.size, id, visit)
      layout.add(id, folders: folders)
      position += 1
    }
    try layout.check(in: path)
    return [Manifest.Source.File(name: path, bytes: file.offset)]
  }
}
