import Foundation
import Hummingbird
import HummingbirdTesting
import Snapshots
import TestSupport
import Testing

@testable import Daemon

/// What the daemon answers to HTTP.
@Suite(.ownThreads) struct RoutesTests {
  /// Runs `body` with a client of the routes over a store of these steps.
  private func withRoutes(
    _ steps: [Int], isPrivate: Bool = false,
    _ body: @escaping @Sendable (any TestClientProtocol, SnapshotStore, URL) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { state in
      let store = try SnapshotStore(creatingIn: state)
      for step in steps { try store.write(sampleSnapshot(step: step)) }
      let router = Router(options: .autoGenerateHeadEndpoints)
      router.add(middleware: JSONErrors(logger: .silent))
      SnapshotRoutes(store: store, isPrivate: isPrivate, logger: .silent).add(to: router)
      try await Application(router: router).test(.router) { client in try await body(client, store, state) }
    }
  }

  private func record(_ response: TestResponse) throws -> SnapshotRecord {
    try JSONDecoder().decode(SnapshotRecord.self, from: Data(response.body.readableBytesView))
  }

  private func error(_ response: TestResponse) throws -> String? {
    try JSONDecoder().decode([String: String].self, from: Data(response.body.readableBytesView))["error"]
  }

  @Test("latest is the record of the newest snapshot") func latest() async throws {
    try await withRoutes([0, 7]) { client, store, _ in
      let response = try await client.execute(uri: "/v1/snapshots/latest", method: .get)
      #expect(response.status == .ok)
      #expect(try record(response) == store.latest())
      #expect(try record(response).name == "theta-000000007.safetensors")
    }
  }

  @Test("a shared cache may keep a file for ever, but not where a token is asked for", arguments: [false, true])
  func caching(isPrivate: Bool) async throws {
    try await withRoutes([0], isPrivate: isPrivate) { client, _, _ in
      let response = try await client.execute(uri: "/v1/snapshots/theta-000000000.safetensors", method: .get)
      #expect(response.headers[.cacheControl] == "\(isPrivate ? "private" : "public"), max-age=31536000, immutable")
    }
  }

  @Test("HEAD tells of the whole file, whatever part is asked for") func headOfAPart() async throws {
    try await withRoutes([0]) { client, store, _ in
      let response = try await client.execute(
        uri: "/v1/snapshots/theta-000000000.safetensors", method: .head, headers: [.range: "bytes=0-9"])
      #expect(response.status == .ok)
      #expect(response.headers[.contentLength] == "\(try #require(try store.latest()).size)")
    }
  }

  @Test("latest is the snapshot before the newest where that is damaged") func damagedLatest() async throws {
    try await withRoutes([0, 7]) { client, store, state in
      try damage(#require(try store.latest()), in: state)
      #expect(try await record(client.execute(uri: "/v1/snapshots/latest", method: .get)).step == 0)
    }
  }

  @Test("best is the record of the best snapshot with its loss; 404 before the first evaluation")
  func best() async throws {
    try await withRoutes([0, 7]) { client, store, _ in
      let none = try await client.execute(uri: "/v1/snapshots/best", method: .get)
      #expect(none.status == .notFound)
      let best = try markBest(0, in: store)
      let response = try await client.execute(uri: "/v1/snapshots/best", method: .get)
      #expect(response.status == .ok)
      #expect(try JSONDecoder().decode(BestSnapshot.self, from: Data(response.body.readableBytesView)) == best)
      #expect(String(buffer: response.body).contains("\"evaluation_loss\" : 1.5"))
    }
  }

  @Test("a best snapshot that does not verify is 500 and tells no path of the server") func damagedBest() async throws {
    try await withRoutes([0]) { client, store, state in
      try damage(markBest(0, in: store).record, in: state)
      let response = try await client.execute(uri: "/v1/snapshots/best", method: .get)
      #expect(response.status == .internalServerError)
      #expect(try error(response)?.contains(state.path) == false)
    }
  }

  @Test("without a snapshot latest is 404") func noSnapshot() async throws {
    try await withRoutes([]) { client, _, _ in
      let response = try await client.execute(uri: "/v1/snapshots/latest", method: .get)
      #expect(response.status == .notFound)
      #expect(try error(response) == "/v1/snapshots/latest: there is no such snapshot")
    }
  }

  @Test("a snapshot comes as its bytes, with its digest as the tag, for ever") func file()
    async throws
  {
    try await withRoutes([7]) { client, store, _ in
      let (record, data) = try store.read(named: "theta-000000007.safetensors")
      let response = try await client.execute(uri: "/v1/snapshots/\(record.name)", method: .get)
      #expect(response.status == .ok)
      #expect(Data(response.body.readableBytesView) == data)
      #expect(response.headers[.eTag] == "\"\(record.sha256)\"")
      #expect(response.headers[.cacheControl]?.contains("immutable") == true)
    }
  }

  @Test("HEAD gives size and digest without the bytes") func head() async throws {
    try await withRoutes([7]) { client, store, _ in
      let record = try #require(try store.latest())
      let response = try await client.execute(uri: "/v1/snapshots/\(record.name)", method: .head)
      #expect(response.status == .ok)
      #expect(response.headers[.contentLength] == String(record.size))
      #expect(response.headers[.eTag] == "\"\(record.sha256)\"")
      #expect(response.body.readableBytes == 0)
    }
  }

  @Test("a client that has the bytes gets 304, one that has others gets the file") func notModified() async throws {
    try await withRoutes([7]) { client, store, _ in
      let record = try #require(try store.latest())
      let uri = "/v1/snapshots/\(record.name)"
      for tags in ["\"x\", \"\(record.sha256)\"", "W/\"\(record.sha256)\"", "*"] {
        let same = try await client.execute(uri: uri, method: .get, headers: [.ifNoneMatch: tags])
        #expect(same.status == .notModified)
        #expect(same.body.readableBytes == 0)
      }
      let other = try await client.execute(uri: uri, method: .get, headers: [.ifNoneMatch: "\"x\""])
      #expect(other.status == .ok)
    }
  }

  @Test(
    "a path to anything but a snapshot is 404, whatever it tries",
    arguments: [
      "/v1/snapshots/theta-000000008.safetensors", "/v1/snapshots/theta-7.safetensors", "/v1/snapshots/..%2Flock",
      "/v1/snapshots/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/v1/snapshots/../lock", "/v1/snapshots/theta-000000007.json",
      "/v2",
    ])
  func notFound(uri: String) async throws {
    try await withRoutes([7]) { client, _, _ in
      let response = try await client.execute(uri: uri, method: .get)
      #expect(response.status == .notFound)
      #expect(try error(response)?.isEmpty == false)
    }
  }

  @Test("a snapshot that does not verify is 500 and tells no path of the server") func damagedSnapshot()
    async throws
  {
    try await withRoutes([7]) { client, store, state in
      try damage(#require(try store.latest()), in: state)
      let response = try await client.execute(uri: "/v1/snapshots/theta-000000007.safetensors", method: .get)
      #expect(response.status == .internalServerError)
      #expect(try error(response)?.contains(state.path) == false)
    }
  }

  @Test("a part of a file is answered with that part, what lies outside it with 416 and the size")
  func parts() async throws {
    try await withRoutes([7]) { client, store, _ in
      let (record, data) = try store.read(named: "theta-000000007.safetensors")
      let uri = "/v1/snapshots/\(record.name)"
      let part = try await client.execute(uri: uri, method: .get, headers: [.range: "bytes=10-19"])
      #expect(part.status == .partialContent)
      #expect(Data(part.body.readableBytesView) == data[10..<20])
      #expect(part.headers[.contentRange] == "bytes 10-19/\(data.count)")
      let rest = try await client.execute(uri: uri, method: .get, headers: [.range: "bytes=\(data.count - 3)-"])
      #expect(Data(rest.body.readableBytesView) == data.suffix(3))
      let none = try await client.execute(uri: uri, method: .get, headers: [.range: "bytes=\(data.count)-"])
      #expect(none.status == .rangeNotSatisfiable && none.headers[.contentRange] == "bytes */\(data.count)")
    }
  }

  @Test("If-Match of other bytes is 412, that of these bytes or of any gets them; a weak tag is not these bytes")
  func ifMatch() async throws {
    try await withRoutes([7]) { client, store, _ in
      let record = try #require(try store.latest())
      for (tags, status) in [
        ("\"\(record.sha256)\"", 200), ("\"x\", \"\(record.sha256)\"", 200), ("*", 200), ("\"x\"", 412),
        ("W/\"\(record.sha256)\"", 412), ("", 412),
      ] {
        let response = try await client.execute(
          uri: "/v1/snapshots/\(record.name)", method: .get, headers: [.ifMatch: tags])
        #expect(response.status.code == status, "\(tags)")
      }
    }
  }

  @Test("of more than 64 tags none counts, and 5,000 of them cost next to nothing")
  func manyTags() async throws {
    try await withRoutes([7]) { client, store, _ in
      let record = try #require(try store.latest())
      let tag = "\"\(record.sha256)\""
      func status(_ tags: [String]) async throws -> Int {
        try await client.execute(
          uri: "/v1/snapshots/\(record.name)", method: .get, headers: [.ifNoneMatch: tags.joined(separator: ",")]
        ).status.code
      }
      #expect(try await status(Array(repeating: "\"x\"", count: 63) + [tag]) == 304)
      #expect(try await status(Array(repeating: "\"x\"", count: 64) + [tag]) == 200)
      let many = Array(repeating: "W/", count: 5_000).joined(separator: ",")
      let time = ContinuousClock().measure {
        for _ in 0..<100 { #expect(!EntityTags(many).contains(tag, weakly: true)) }
      }
      #expect(time < .seconds(1), "\(time)")
    }
  }

  @Test("a client that asks for the rest of another file gets all of this one") func ifRange() async throws {
    try await withRoutes([7]) { client, store, _ in
      let record = try #require(try store.latest())
      for (tag, status) in [("\"\(record.sha256)\"", 206), ("\"other\"", 200)] {
        let response = try await client.execute(
          uri: "/v1/snapshots/\(record.name)", method: .get, headers: [.range: "bytes=1-", .ifRange: tag])
        #expect(response.status.code == status)
      }
    }
  }

  @Test("the list has all snapshots, the newest first, and tells the best and the pinned") func list() async throws {
    try await withRoutes([0, 7, 9]) { client, store, _ in
      try markBest(7, in: store)
      try store.setPinned(true, store.name(step: 0))
      let response = try await client.execute(uri: "/v1/snapshots", method: .get)
      let list = try JSONDecoder().decode(
        [String: [ListedSnapshot]].self, from: Data(response.body.readableBytesView))["snapshots"]
      #expect(list?.map(\.record.step) == [9, 7, 0])
      #expect(list?.map(\.best) == [false, true, false] && list?.map(\.pinned) == [false, false, true])
    }
  }

  @Test("a snapshot's answer brings its record along, in one line") func recordInHeader() async throws {
    try await withRoutes([7]) { client, store, _ in
      let record = try #require(try store.latest())
      let response = try await client.execute(uri: "/v1/snapshots/\(record.name)", method: .head)
      let line = try #require(response.headers[.loptRecord])
      #expect(try JSONDecoder().decode(SnapshotRecord.self, from: Data(line.utf8)) == record)
    }
  }
}
