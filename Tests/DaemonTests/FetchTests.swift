import Files
import Foundation
import Hummingbird
import HummingbirdTesting
import Snapshots
import TestSupport
import Testing

@testable import Daemon
@testable import DaemonClient

/// Fetching a snapshot from a daemon's routes, and from a state folder.
@Suite(.ownThreads) struct FetchTests {
  /// Runs `body` with the address of a server on a free port.
  private func withServer(
    _ router: Router<BasicRequestContext>, _ body: @escaping @Sendable (String) async throws -> Void
  ) async throws {
    let application = Application(
      router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)))
    try await application.test(.live) { client in try await body("http://127.0.0.1:\(#require(client.port))") }
  }

  private func routes(_ store: SnapshotStore) -> Router<BasicRequestContext> {
    let router = Router(options: .autoGenerateHeadEndpoints)
    router.add(middleware: JSONErrors(logger: .silent))
    SnapshotRoutes(store: store, isPrivate: false, logger: .silent).add(to: router)
    return router
  }

  /// Fetches into a folder, once, without a cache, and returns the file.
  private func fetch(
    _ name: String, from origin: String, into folder: URL, report: @escaping @Sendable (FetchEvent) -> Void = { _ in }
  ) async throws -> URL {
    var options = SnapshotFetcher.Options()
    options.retry = .never
    options.report = report
    return try await SnapshotFetcher(from: #require(DaemonAddress(origin)), access: DaemonAccess(), options: options)
      .fetch(name, into: folder).file
  }

  @Test(
    "a daemon's snapshot arrives with its bytes and no other file, in a folder that was not there",
    arguments: [
      ("latest", "theta-000000007.safetensors"), ("theta-000000007.safetensors", "theta-000000007.safetensors"),
      ("average-000000007.safetensors", "average-000000007.safetensors"),
    ])
  func fetched(name: String, file: String) async throws {
    try await withTemporaryFolder { folder in
      let store = try makeStore(0, 7, in: folder.appending(path: "state"))
      var average = sampleSnapshot(step: 7)
      average.metadata.averageDecay = 0.99
      try store.write(average)
      let output = folder.appending(path: "a new/folder")
      try await withServer(routes(store)) { address in
        let fetched = try await fetch(name, from: address, into: output)
        #expect(fetched == output.appending(path: file))
        #expect(try Data(contentsOf: fetched) == store.read(named: file).data)
        #expect(try FileManager.default.contentsOfDirectory(atPath: output.path) == [file])
      }
    }
  }

  @Test("best is the snapshot of the lowest evaluation, from a daemon and from a state folder")
  func best() async throws {
    try await withTemporaryFolder { folder in
      let state = folder.appending(path: "state")
      let store = try makeStore(0, 7, 9, in: state)
      try markBest(7, in: store)
      try await withServer(routes(store)) { address in
        for (number, origin) in [address, state.path].enumerated() {
          let file = try await fetch("best", from: origin, into: folder.appending(path: "\(number)"))
          #expect(file.lastPathComponent == "theta-000000007.safetensors")
          #expect(try Data(contentsOf: file) == store.read(named: file.lastPathComponent).data)
        }
      }
    }
  }

  @Test(
    "latest-average and best-average are the averages of those steps, from a daemon, from a state folder and the cache")
  func averages() async throws {
    try await withTemporaryFolder { folder in
      let state = folder.appending(path: "state")
      let store = try makeStore(0, 7, 9, in: state)
      for step in [7, 9, 11] {
        var average = sampleSnapshot(step: step)
        average.metadata.averageDecay = 0.99
        try store.write(average)
      }
      try markBest(7, in: store)
      let cache = SnapshotCache(folder: folder.appending(path: "cache"))
      try await withServer(routes(store)) { address in
        for (number, origin) in [address, state.path, address].enumerated() {
          var options = SnapshotFetcher.Options()
          options.cache = cache
          options.isOffline = number == 2
          let fetcher = try SnapshotFetcher(
            from: #require(DaemonAddress(origin)), access: DaemonAccess(), options: options)
          let names = [
            // That of step 11 appears before its θ does.
            "latest-average": "average-000000009.safetensors", "best-average": "average-000000007.safetensors",
            "latest": "theta-000000009.safetensors", "best": "theta-000000007.safetensors",
          ]
          for (word, name) in names {
            let fetched = try await fetcher.fetch(word, into: folder.appending(path: "\(number)"))
            #expect(fetched.file.lastPathComponent == name, "\(origin) \(word)")
          }
        }
        try markBest(0, in: store)
        for origin in [address, state.path] {
          let error = await #expect(throws: SnapshotError.self) {
            try await fetch("best-average", from: origin, into: folder)
          }
          #expect(error?.code == .missing && error?.description.contains("outer.average.decay") == true)
        }
      }
    }
  }

  @Test("where no snapshot was evaluated there is no best, and the key that would give one is named") func noBest()
    async throws
  {
    try await withTemporaryFolder { folder in
      let state = folder.appending(path: "state")
      let store = try makeStore(0, in: state)
      try await withServer(routes(store)) { address in
        for origin in [address, state.path] {
          let error = await #expect(throws: SnapshotError.self) {
            try await fetch("best", from: origin, into: folder)
          }
          #expect(error?.code == .missing && error?.exitCode == .noInput)
          if origin == state.path { #expect(error?.description.contains("evaluation.every") == true) }
        }
      }
    }
  }

  @Test("a file of the snapshot's bytes that is there already is left as it is") func sameFile() async throws {
    try await withTemporaryFolder { folder in
      let store = try makeStore(7, in: folder.appending(path: "state"))
      try await withServer(routes(store)) { address in
        let first = try await fetch("latest", from: address, into: folder)
        let written = try FileManager.default.attributesOfItem(atPath: first.path)[.systemFileNumber] as? Int
        let second = try await fetch("latest", from: address + "/", into: folder)
        #expect(first == second)
        #expect(try FileManager.default.attributesOfItem(atPath: first.path)[.systemFileNumber] as? Int == written)
      }
    }
  }

  @Test("a file of the snapshot's name with other bytes is an error, and stays") func otherFile() async throws {
    try await withTemporaryFolder { folder in
      let state = folder.appending(path: "state")
      let store = try makeStore(7, in: state)
      let file = folder.appending(path: "theta-000000007.safetensors")
      try Data("mine".utf8).write(to: file)
      try await withServer(routes(store)) { address in
        for origin in [address, state.path] {
          let error = await #expect(throws: SnapshotError.self) {
            try await fetch("latest", from: origin, into: folder)
          }
          #expect(error?.code == .exists)
          #expect(error?.exitCode == .cannotCreate)
          let content = try Data(contentsOf: file)
          #expect(content == Data("mine".utf8))
        }
      }
    }
  }

  @Test(
    "where no snapshot comes, no folder is left that was made for it",
    arguments: ["latest", "theta-000000008.safetensors"])
  func failedFetch(name: String) async throws {
    try await withTemporaryFolder { folder in
      let state = folder.appending(path: "state")
      let empty = try SnapshotStore(creatingIn: state)
      let output = folder.appending(path: "output")
      try await withServer(routes(empty)) { address in
        for origin in [address, state.path] {
          _ = await #expect(throws: SnapshotError.self) {
            try await fetch(name, from: origin, into: output)
          }
        }
      }
      #expect(!FileManager.default.fileExists(atPath: output.path))
    }
  }

  @Test(
    "a text that is no snapshot's name is refused before anything is asked",
    arguments: ["../theta-000000007.safetensors", "theta-7.safetensors", "newest", "theta-00000000x.safetensors"])
  func wrongName(name: String) async throws {
    let error = await #expect(throws: SnapshotError.self) {
      try await fetch(name, from: "http://127.0.0.1:1", into: FileManager.default.temporaryDirectory)
    }
    #expect(error?.code == .missing)
    #expect(error?.description.hasPrefix("\(name): must be latest, best or the name of a snapshot") == true)
  }

  @Test("a snapshot that the server does not have is missing") func missing() async throws {
    try await withTemporaryFolder { folder in
      let store = try makeStore(7, in: folder.appending(path: "state"))
      try await withServer(routes(store)) { address in
        let error = await #expect(throws: SnapshotError.self) {
          try await fetch("theta-000000008.safetensors", from: address, into: folder)
        }
        #expect(error?.code == .missing)
        #expect(error?.exitCode == .noInput)
      }
    }
  }

  @Test("a server that answers an error is named with the error") func serverError() async throws {
    let router = Router()
    router.get("v1/snapshots/latest") { _, _ -> HTTPResponse.Status in .badGateway }
    try await withServer(router) { address in
      let error = await #expect(throws: SnapshotError.self) {
        try await fetch("latest", from: address, into: FileManager.default.temporaryDirectory)
      }
      #expect(error?.description == "\(address)/v1/snapshots/latest: the server answers 502 Bad Gateway")
    }
  }

  @Test("from a state folder comes the newest that is sound, and the damaged one is named")
  func stateFolder() async throws {
    try await withTemporaryFolder { folder in
      let state = folder.appending(path: "state")
      let store = try makeStore(0, 7, in: state)
      try damage(#require(try store.latest()), in: state)
      try await confirmation { refused in
        let file = try await fetch("latest", from: state.path, into: folder) { event in
          guard case .refused(let error) = event else { return }
          #expect("\(error)".contains("theta-000000007.safetensors"))
          refused()
        }
        #expect(file.lastPathComponent == "theta-000000000.safetensors")
      }
    }
  }

  @Test("a folder without snapshots is an error that names it") func emptyFolder() async throws {
    try await withTemporaryFolder { folder in
      let error = await #expect(throws: SnapshotError.self) {
        try await fetch("latest", from: folder.path, into: folder)
      }
      #expect(error?.description == "\(folder.path): no snapshot there; is it the state folder of a daemon?")
    }
  }
}
