import Files
public import Foundation

extension Manifest {
  /// Reads the manifest of a dataset folder and checks that it does not contradict itself.
  /// - Throws: ``ShardsError`` where the folder has no manifest, or one that cannot be used; `FileError` where it cannot be
  ///   read.
  public init(in folder: URL) throws {
    self = try Self.read(in: folder).manifest
  }

  /// Returns the manifest of a folder and the SHA-256 of its file, 64 hexadecimal digits. The file is read once.
  /// - Throws: ``ShardsError`` where the folder has no manifest, or one that cannot be used; `FileError` where it cannot be
  ///   read.
  public static func read(in folder: URL) throws -> (manifest: Manifest, digest: String) {
    let file = folder.appending(path: fileName)
    let data: Data
    do { data = try FileReading.data(file, atMost: FileReading.mostOfText) } catch let error as FileError
      where [ENOENT, ENOTDIR].contains(error.number)
    {
      throw ShardsError(
        .notADataset, folder.path, "no \(fileName) can be read here: make a dataset with dataprep build shards")
    }
    let manifest = try decode(data, path: file.path)
    if let problem = manifest.contradiction {
      throw ShardsError(.invalidManifest, file.path, "\(problem): build the dataset again")
    }
    return (manifest, Digest.sha256(data))
  }

  /// Returns the bytes of the file: the same for the same manifest.
  func encoded() throws -> Data {
    try Self.json(self) + Data("\n".utf8)
  }

  /// Returns the manifest as JSON, with `images`, the number of all images, added to it.
  public func report() throws -> String {
    struct Report: Encodable {
      enum CodingKeys: CodingKey { case images }
      var manifest: Manifest

      func encode(to encoder: any Encoder) throws {
        try manifest.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(manifest.imageCount, forKey: .images)
      }
    }
    return String(decoding: try Self.json(Report(manifest: self)), as: UTF8.self)
  }

  private static func json(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }

  private static func decode(_ data: Data, path: String) throws -> Manifest {
    struct Header: Decodable {
      var formatVersion: Int
      var toolVersion: String?
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      let header = try decoder.decode(Header.self, from: data)
      guard header.formatVersion <= currentVersion else {
        let writer = header.toolVersion.map { ", written by version \($0)" } ?? ""
        throw ShardsError(
          .newerFormat, path,
          "format version \(header.formatVersion)\(writer); this program reads up to \(currentVersion): use a newer one"
        )
      }
      do { try JSONFault.check(data) } catch {
        throw ShardsError(.invalidManifest, path, "not a manifest (\(error)): build the dataset again")
      }
      return try decoder.decode(Manifest.self, from: data)
    } catch let error as DecodingError {
      throw ShardsError(.invalidManifest, path, "not a manifest (\(error.reason)): build the dataset again")
    }
  }

  /// A sentence on what is wrong with the manifest by itself; nil where nothing is. Readers of shards rely on each of these checks.
  private var contradiction: String? {
    guard formatVersion >= 1 else { return "format version \(formatVersion) was never written" }
    guard !classes.isEmpty, classes.count <= ShardKey.classLimit else { return "it has \(classes.count) classes" }
    guard Set(classes.map(\.id)).count == classes.count else { return "two classes have the same id" }
    guard channels.count == shape.channels else { return "channels and shape disagree" }
    for (position, shard) in shards.enumerated() where shard.file != Shard.file(position) {
      return "shard \(position) is not called \(Shard.file(position))"
    }
    for shard in shards where !(0...Shard.mostBytes).contains(shard.bytes) {
      return "\(shard.file) has \(shard.bytes) bytes"
    }
    var shard = 0
    for imageClass in classes {
      guard imageClass.shard == shard || imageClass.shard == shard + 1 else {
        return "class \(imageClass.id) is in shard \(imageClass.shard), which is out of order"
      }
      shard = imageClass.shard
      guard imageClass.validation >= 0, imageClass.count > imageClass.validation, imageClass.count <= UInt32.max else {
        return "class \(imageClass.id) has \(imageClass.count) images, \(imageClass.validation) for validation"
      }
    }
    return classes[0].shard == 0 && shard == shards.count - 1 ? nil : "classes and shards disagree"
  }
}

extension DecodingError {
  /// The place in the JSON and the reason, without the rest of Foundation's description.
  fileprivate var reason: String {
    let (path, what): ([any CodingKey], String) =
      switch self {
      case .keyNotFound(let key, let context): (context.codingPath + [key], "missing")
      case .typeMismatch(_, let context), .valueNotFound(_, let context): (context.codingPath, "of the wrong kind")
      case .dataCorrupted(let context): (context.codingPath, context.debugDescription)
      @unknown default: ([], "unknown reason")
      }
    let place = path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    return place.isEmpty ? what : "\(place): \(what)"
  }
}
