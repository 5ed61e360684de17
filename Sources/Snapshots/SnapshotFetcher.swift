public import Foundation
import Support

/// Gets a snapshot from a daemon, or from its state folder, and trusts it only once its SHA-256 is right.
public struct SnapshotFetcher: Sendable {
  private let origin: Origin

  private enum Origin: Sendable {
    case server(String)
    case state(URL)
  }

  /// - Parameter origin: `http://HOST:PORT` (or https), or the path of a state folder.
  public init(from origin: String) {
    if origin.hasPrefix("http://") || origin.hasPrefix("https://") {
      self.origin = .server(origin)
    } else {
      self.origin = .state(URL(filePath: origin))
    }
  }

  /// A word that stands for a snapshot's name.
  enum Alias: String {
    case latest, best

    /// The name in a state folder.
    func name(in store: SnapshotStore, _ state: URL, refused: (any Error) -> Void) throws -> String {
      switch self {
      case .latest:
        if let record = try store.latest(refused: refused) { return record.name }
        throw SnapshotError(.missing, "\(state.path): no snapshot there; is it the state folder of a daemon?")
      case .best:
        if let best = try store.best() { return best.record.name }
        throw SnapshotError(
          .missing, "\(state.path): no snapshot was evaluated there; is evaluation.every set in its configuration?")
      }
    }
  }

  /// Gets a snapshot into a folder, which is made where it is missing, and returns the file.
  ///
  /// A file of that name with the same bytes is left as it is; one with other bytes is an error.
  /// - Parameters:
  ///   - name: a snapshot's name, `latest`, or `best` for that of the lowest evaluation.
  ///   - refused: hears of newer snapshots in a state folder that are damaged.
  public func fetch(
    _ name: String, into folder: URL, refused: @Sendable (any Error) -> Void = { _ in }
  ) async throws -> URL {
    let alias = Alias(rawValue: name)
    guard alias != nil || SnapshotRecord.isSnapshotName(name) else {
      throw SnapshotError(
        .missing, "\(name): must be latest, best or the name of a snapshot, such as theta-000000012.safetensors")
    }
    switch origin {
    case .state(let state):
      let store = SnapshotStore(readingFrom: state)
      let (record, data) = try store.read(named: alias.map { try $0.name(in: store, state, refused: refused) } ?? name)
      let target = folder.appending(path: record.name)
      try await Self.making(folder) {
        if try !Self.exists(target, digest: record.sha256) { try AtomicFile.write(data, to: target) }
      }
      return target
    case .server(let base):
      return try await SnapshotServer.with(base: base) { server in
        let expected =
          if let alias { try await server.expectation(of: alias) } else {
            try await server.expectation(named: name)
          }
        let target = folder.appending(path: expected.name)
        try await Self.making(folder) {
          if try !Self.exists(target, digest: expected.sha256) { try await server.download(expected, to: target) }
        }
        return target
      }
    }
  }

  /// Runs `body` with the folder there. One that was made for it and stays empty is removed where it fails.
  private static func making(_ folder: URL, _ body: () async throws -> Void) async throws {
    let isNew = !FileManager.default.fileExists(atPath: folder.path)
    try SystemCall.makeFolder(folder.path)
    do {
      try await body()
    } catch {
      if isNew { rmdir(folder.path) }
      throw error
    }
  }

  /// Whether the file is there with the digest; throws where it is there with another one.
  private static func exists(_ file: URL, digest: String) throws -> Bool {
    guard FileManager.default.fileExists(atPath: file.path) else { return false }
    guard try Digest.sha256(fileAt: file) == digest else {
      throw SnapshotError(
        .exists,
        "\(file.path): exists already with other bytes than the snapshot; move it away or choose another --output")
    }
    return true
  }
}
