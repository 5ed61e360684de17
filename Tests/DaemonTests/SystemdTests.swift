import Foundation
import Logging
import Shards
import TestSupport
import Testing

@testable import Daemon
@testable import Settings
@testable import Training

/// What systemd is told.
@Suite struct SystemdTests {
  /// A datagram socket at a path, as systemd has one.
  private final class Receiver {
    let descriptor: Int32

    init(_ path: String) throws {
      descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
      let bound = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      try #require(bound == 0)
    }

    deinit { close(descriptor) }

    func next() -> String {
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
      return count < 0 ? "" : String(decoding: bytes[..<count], as: UTF8.self)
    }
  }

  @Test("messages arrive at the socket that systemd names") func states() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "notify").path
      let receiver = try Receiver(path)
      let manager = ServiceManager(environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "2000000"])
      manager.ready()
      #expect(receiver.next() == "READY=1")
      manager.extendTimeout(by: 60, status: "reading the data sets: 37 %")
      #expect(receiver.next() == "EXTEND_TIMEOUT_USEC=60000000\nSTATUS=reading the data sets: 37 %")
      manager.reloading()
      #expect(receiver.next().wholeMatch(of: /RELOADING=1\nMONOTONIC_USEC=\d+/) != nil)
      manager.feedWatchdog()
      #expect(receiver.next() == "WATCHDOG=1")
      #expect(manager.watchdogInterval == .seconds(2))
    }
  }

  @Test("a service manager that does not read holds nobody up")
  func readsNothing() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "notify").path
      let receiver = try Receiver(path)
      let manager = ServiceManager(environment: ["NOTIFY_SOCKET": path])
      for number in 1...10_000 { manager.status("line \(number)") }
      manager.stopping()
      #expect(receiver.next() == "STATUS=line 1")
    }
  }

  @Test("a watchdog that is meant for another process is not fed") func otherProcess() {
    let manager = ServiceManager(environment: ["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "1"])
    #expect(manager.watchdogInterval == nil)
  }

  @Test("without systemd no message is sent") func noSystemd() {
    let manager = ServiceManager(environment: [:])
    manager.ready()
    manager.stopping()
    #expect(manager.watchdogInterval == nil)
  }

  @Test("the watchdog is fed while inner steps are made or the run is paused, and not when it hangs")
  func heartbeat() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "notify").path
      let receiver = try Receiver(path)
      let dataset = try SmallDataset.digits(in: folder).folder
      let configuration = try Configuration.load(
        file: nil, environment: [:],
        flags: [
          ("datasets", "[\"\(dataset.path)\"]"), ("state", folder.appending(path: "state").path),
          ("outer.pairs", "2"), ("threads", "1"), ("snapshot.free_mib", "0"),
        ])
      let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: .silent)
      let manager = ServiceManager(environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"])
      let heartbeat = Heartbeat(of: run, for: manager)
      heartbeat.start()
      defer { heartbeat.end() }
      func fed(within seconds: Double, atMost: Int = .max) -> Int {
        let end = ContinuousClock.now + .seconds(seconds)
        var count = 0
        while ContinuousClock.now < end, count < atMost {
          let message = receiver.next()
          count += message == "WATCHDOG=1" ? 1 : 0
          if message.isEmpty { usleep(5_000) }
        }
        return count
      }
      // Nobody trains: the first look alone feeds it.
      _ = fed(within: 0.3)
      #expect(fed(within: 0.5) == 0)
      let ended = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        do { try run.run() } catch { Issue.record(error) }
        ended.signal()
      }
      #expect(fed(within: 60, atMost: 3) == 3)
      run.pause()
      #expect(fed(within: 60, atMost: 2) == 2)
      run.stop()
      ended.wait()
    }
  }

  @Test("a journal entry has priority and fields; a value of several lines has its length before it") func journal() {
    let entry = SystemdHandler.entry(level: .warning, message: "a\nb", metadata: ["outer-iteration": "12"])
    let length = Data([3, 0, 0, 0, 0, 0, 0, 0])
    let expected =
      Data("PRIORITY=4\nSYSLOG_IDENTIFIER=lopt-daemon\nMESSAGE\n".utf8) + length
      + Data("a\nb\nLOPT_OUTER_ITERATION=12\n".utf8)
    #expect(entry == expected)
  }

  @Test("where standard error is not the journal's, nothing is written to the journal") func noJournal() {
    #expect(SystemdHandler(environment: [:]) == nil)
    #expect(SystemdHandler(environment: ["JOURNAL_STREAM": "1:1"]) == nil)
  }
}
