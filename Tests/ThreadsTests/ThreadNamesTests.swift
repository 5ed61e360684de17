import Foundation
import Synchronization
import Testing

@testable import Threads

/// The names under which the system knows threads, as `ps -T` and `top -H` show them.
@Suite struct ThreadNamesTests {
  /// The names of all threads of this process.
  private static func names() throws -> Set<String> {
    let tasks = "/proc/self/task"
    // One may end while this looks.
    let names = try FileManager.default.contentsOfDirectory(atPath: tasks).compactMap {
      try? String(contentsOfFile: "\(tasks)/\($0)/comm", encoding: .utf8)
    }
    return Set(names.map { String($0.dropLast()) })
  }

  @Test("the pool's threads are called engine-0, engine-1 and so on, while they compute and afterwards")
  func pool() throws {
    let pool = ThreadPool()
    let both = DispatchGroup()
    for _ in 0..<2 { both.enter() }
    let found = Mutex<[Set<String>]>([])
    pool.start(2) { _ in
      both.leave()
      both.wait()  // until the other one runs too
      if let names = try? Self.names() { found.withLock { $0.append(names) } }
    }.wait()
    let expected: Set = ["engine-0", "engine-1"]
    #expect(found.withLock { $0.count == 2 && $0.allSatisfy(expected.isSubset) })
    #expect(try expected.isSubset(of: Self.names()))
  }

  @Test("a thread that is started has its name, several have numbers; of a long one 15 bytes count")
  func started() throws {
    let found = Mutex<Set<String>>([])
    let see: @Sendable () -> Void = {
      let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
      found.withLock { _ = $0.insert(name ?? "") }
    }
    Threads.start(named: "outer-training of a task", see).wait()
    Threads.start(2, named: "decoder") { _ in see() }.wait()
    #expect(found.withLock { $0 } == ["outer-training \n", "decoder-0\n", "decoder-1\n"])
  }

  @Test("a thread that runs what it is given, and a timer's, have their names")
  func others() throws {
    let found = Mutex<Set<String>>([])
    let seen = DispatchSemaphore(value: 0)
    let see: @Sendable () -> Void = {
      let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
      found.withLock { _ = $0.insert(name ?? "") }
      seen.signal()
    }
    SerialThread(named: "batches").run(see)
    seen.wait()
    let timer = RepeatingTimer(named: "heartbeat", every: { 0.001 }, see)
    seen.wait()
    timer.stop()
    #expect(found.withLock { $0 } == ["batches\n", "heartbeat\n"])
  }

  @Test("what blocks runs on a thread of its own, and its result or error comes back")
  func run() async throws {
    struct Failed: Error {}
    let name = try await Threads.run(named: "request") {
      try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
    }
    #expect(name == "request\n")
    await #expect(throws: Failed.self) { try await Threads.run(named: "request") { throw Failed() } }
  }
}
