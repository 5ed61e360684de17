import Files
import Foundation

/// The file `build.json` in the folder of a dataset that is being made: what it is made from, and what is finished.
struct BuildJournal: Codable {
  static let fileName = "build.json"

  /// A class whose images are all in finished shards.
  struct FinishedClass: Codable {
    var id: String
    var name: String
    /// A text that would show a change of the input's class: see ``DatasetWriter/begin(id:name:origin:)``.
    var origin: String?
    var shard: Int
    var count: Int
    var validation: Int
    /// The statistics of the class's training images.
    var statistics: ChannelStatistics
  }

  private(set) var identity: BuildIdentity
  var classes: [FinishedClass] = []
  var shards: [Manifest.Shard] = []
  var skipped: [Manifest.Skipped] = []
  /// What was not taken for images; nil where there is nothing of the kind.
  var leftOut: [Manifest.LeftOut]?
  /// The number of images in the dataset of whose files the decoder complained.
  var warnings = 0

  init(_ identity: BuildIdentity) { self.identity = identity }

  /// Reads the journal in a folder; nil where there is none, as nothing was finished there then.
  /// - Throws: ``ShardsError`` where it cannot be read: what it says is finished must not be lost unasked.
  static func read(in folder: URL) throws -> BuildJournal? {
    let file = folder.appending(path: fileName)
    guard try FileStatus.ifThere(file.path) != nil else { return nil }
    let data = try FileReading.data(file, atMost: FileReading.mostOfLog)
    guard let journal = try? JSONDecoder().decode(BuildJournal.self, from: data) else {
      throw ShardsError(
        .otherBuild, file.path,
        "is damaged, or of another version of the tool: discard the stopped build with --restart, or finish it with that"
      )
    }
    return journal
  }

  func write(in folder: URL) throws {
    try AtomicFile.writeJSON(self, to: folder.appending(path: Self.fileName))
  }

  /// Takes up the build for `identity`, and writes the journal where that changes it.
  /// - Throws: ``ShardsError`` where the build was begun for another dataset, or a finished shard is no longer as it
  ///   was written.
  mutating func goOn(_ identity: BuildIdentity, changingSplits: Bool, in folder: URL) throws {
    if let difference = identity.difference(from: self.identity, changingSplits: changingSplits) {
      throw ShardsError(
        .otherBuild, folder.path, "\(difference): give what it was begun with, or discard it with --restart")
    }
    try checkShards(in: folder)
    guard identity != self.identity else { return }
    self.identity = identity
    try write(in: folder)
  }

  private func checkShards(in folder: URL) throws {
    for shard in shards {
      let url = folder.appending(path: shard.file)
      guard try FileStatus.ifThere(url.path) != nil && Digest.sha256(fileAt: url) == shard.fileSha256
      else {
        throw ShardsError(
          .damagedShard, url.path, "is finished, but no longer as it was written: start over with --restart")
      }
    }
  }
}
