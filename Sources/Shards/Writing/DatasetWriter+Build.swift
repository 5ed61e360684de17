import Files
public import Foundation

extension DatasetWriter {
  /// The size in bytes, 256 MiB of pixels, at which a shard is full: the class that reaches it is its last.
  public static let shardBytes = 256 << 20

  /// Makes the dataset folder `output` from what `body` appends.
  ///
  /// The folder bears the name `output` + `.partial` until everything is on the disk. Where a stopped build of the same
  /// `identity` left finished shards there, the writer goes on after them. After an error nothing is left, unless a
  /// shard was finished. A build that only lost its last moment is completed without `body`.
  /// - Parameters:
  ///   - output: the dataset's folder, which is not there yet.
  ///   - identity: what the dataset is made of, by which a stopped build is known again.
  ///   - shape: the shape of every image.
  ///   - shardBytes: the bytes of pixels at which a shard is full.
  ///   - restart: whether what a stopped build left is discarded, whatever it was.
  ///   - changingSplits: whether a stopped build may go on with other splits than it was begun with.
  ///   - body: appends the images, and ends with ``finish(source:resampling:splits:)``.
  /// - Returns: the dataset's manifest.
  /// - Throws: ``ShardsError`` where `output` exists, another process is making it, another build was stopped there, or
  ///   the disk is full; also what `body` throws.
  public static func write(
    to output: URL, identity: BuildIdentity, shape: Manifest.Shape, shardBytes: Int = shardBytes,
    restart: Bool = false, changingSplits: Bool = false, _ body: (DatasetWriter) throws -> Manifest
  ) throws -> Manifest {
    if !restart, let manifest = try finished(output, identity) { return manifest }
    let folder = try PartialFolder(for: output)
    let journal = try begin(identity, in: folder, restart: restart, changingSplits: changingSplits)
    let writer = DatasetWriter(journal, in: folder.url, shape: shape, shardBytes: shardBytes)
    do {
      let manifest = try body(writer)
      try folder.empty(except: Set(manifest.shards.map(\.file) + [Manifest.fileName, BuildJournal.fileName]))
      try folder.publish()
      try removeJournal(in: output)
      return manifest
    } catch {
      if !writer.hasFinishedShard { folder.remove() }
      throw error
    }
  }

  /// The name from which those of temporary files of images in the folder are made. A stopped build may leave such
  /// files.
  public static let temporaryImages = "images"

  /// Returns the name that the folder `output` has while it is being made.
  public static func partialFolder(for output: URL) -> URL { PartialFolder.url(for: output) }

  /// Returns the journal to go on with, and removes all files of the folder but its finished shards.
  private static func begin(
    _ identity: BuildIdentity, in folder: PartialFolder, restart: Bool, changingSplits: Bool
  ) throws -> BuildJournal {
    guard !restart, var begun = try BuildJournal.read(in: folder.url) else {
      if !restart { try refuseForeignFiles(in: folder.url, after: nil) }
      try folder.empty()
      let journal = BuildJournal(identity)
      try journal.write(in: folder.url)
      return journal
    }
    try refuseForeignFiles(in: folder.url, after: begun)
    try begun.goOn(identity, changingSplits: changingSplits, in: folder.url)
    try folder.empty(except: Set(begun.shards.map(\.file) + [BuildJournal.fileName]))
    return begun
  }

  /// Refuses to go on in a folder with files that the stopped build cannot have left, and that somebody put there.
  /// - Parameter begun: the stopped build's journal; nil where there is none, and so no shard is expected either.
  /// - Throws: ``ShardsError`` that names the first such file.
  private static func refuseForeignFiles(in folder: URL, after begun: BuildJournal?) throws {
    var own: Set<String> = []
    if let begun {
      let shards = begun.shards.map(\.file) + [Manifest.Shard.file(begun.shards.count)]
      own = Set(shards + [BuildJournal.fileName, Manifest.fileName])
    }
    let names = try SystemCall.names(in: folder.path).sorted()
    let foreign = names.first { name in
      let isTemporary = [BuildJournal.fileName, Manifest.fileName, temporaryImages].contains {
        AtomicFile.isTemporary(name, for: $0)
      }
      return !own.contains(name) && !isTemporary
    }
    if let foreign {
      throw ShardsError(
        .otherBuild, folder.path,
        "is the dataset's name while it is made, but holds \(foreign), which no stopped build leaves: "
          + "move it away, or discard the folder's contents with --restart")
    }
  }

  /// Completes a build of `identity` that was stopped after the folder got its name and before its journal was removed.
  /// - Returns: its manifest; nil where there is no such build.
  private static func finished(_ output: URL, _ identity: BuildIdentity) throws -> Manifest? {
    guard (try? BuildJournal.read(in: output))?.identity == identity else { return nil }
    let manifest = try Manifest(in: output)
    try removeJournal(in: output)
    return manifest
  }

  /// Removes the journal; another process, started for the same dataset, may have done it already.
  private static func removeJournal(in folder: URL) throws {
    let journal = folder.appending(path: BuildJournal.fileName).path
    do { try SystemCall.removeFile(journal) } catch let error as FileError where error.number == ENOENT {}
    try SystemCall.syncFolder(folder.path)
  }
}
