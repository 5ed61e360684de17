import Files
import Foundation
import Snapshots
import TestSupport
import Testing

/// Which snapshots a store keeps.
@Suite struct RetentionTests {
  /// A store with a snapshot of step n written n minutes after a moment, for n in 0 ..< count.
  private func withStore(_ count: Int, _ body: (SnapshotStore, URL) throws -> Void) throws {
    try withTemporaryFolder { state in
      let store = try SnapshotStore(creatingIn: state)
      for step in 0..<count {
        let created = Date(timeIntervalSince1970: 1_000_000 * 3600 + Double(step) * 60)
        try store.write(Snapshot.sample(step), created: created)
      }
      try body(store, state)
    }
  }

  private func steps(_ store: SnapshotStore) throws -> [Int] { try store.list().map(\.record.step) }

  @Test("step 0, the newest snapshots, and the first of each stretch of time are kept") func kept() throws {
    try withStore(40) { store, state in
      try store.retain(SnapshotRetention(newest: 3, interval: 600))
      #expect(try steps(store) == [39, 38, 37, 30, 20, 10, 0])
      let names = try FileManager.default.contentsOfDirectory(atPath: state.appending(path: "snapshots").path)
      #expect(names.count { $0.hasSuffix(".safetensors") } == 7, "\(names)")
      // Again, with newer ones: the same are kept of those that were.
      for step in 40..<43 {
        let created = Date(timeIntervalSince1970: 1_000_000 * 3600 + Double(step) * 60)
        try store.write(Snapshot.sample(step), created: created)
      }
      try store.retain(SnapshotRetention(newest: 3, interval: 600))
      #expect(try steps(store) == [42, 41, 40, 30, 20, 10, 0])
    }
  }

  @Test("the best and the pinned snapshots are kept as long as they are best or pinned") func bestAndPinned() throws {
    try withStore(20) { store, _ in
      let best = try store.read(named: store.name(step: 5)).record
      try store.setBest(BestSnapshot(record: best, evaluationLoss: 1, evaluation: "ab"))
      try store.setPinned(true, store.name(step: 7))
      let retention = SnapshotRetention(newest: 1, interval: 1e9)
      try store.retain(retention)
      #expect(try steps(store) == [19, 7, 5, 0])
      #expect(try store.pinned() == [store.name(step: 7)])
      try store.setPinned(false, store.name(step: 7))
      let other = try store.read(named: store.name(step: 19)).record
      try store.setBest(BestSnapshot(record: other, evaluationLoss: 0.5, evaluation: "ab"))
      try store.retain(retention)
      #expect(try steps(store) == [19, 0])
    }
  }

  @Test("snapshots of the average are kept by the same rules as those of θ") func averages() throws {
    try withStore(10) { store, _ in
      for step in 0..<10 {
        var average = Snapshot.sample(step)
        average.metadata.averageDecay = 0.9
        try store.write(average)
      }
      try store.retain(SnapshotRetention(newest: 2, interval: 1e9))
      #expect(try steps(store) == [9, 9, 8, 8, 0, 0])
    }
  }

  @Test(
    "with a damaged list of pinned snapshots nothing is removed, the error names it, and all are listed")
  func damagedPins() throws {
    try withStore(5) { store, state in
      try Data("[".utf8).write(to: state.appending(path: "snapshots/pinned.json"))
      let error = #expect(throws: SnapshotError.self) {
        try store.retain(SnapshotRetention(newest: 1, interval: 1e9))
      }
      #expect(error?.description.contains("pinned.json") == true)
      #expect(SnapshotStore(readingFrom: state).name(step: 1) == "theta-000000001.safetensors")
      #expect(try store.list().map(\.pinned) == [false, false, false, false, false])
      #expect(try FileManager.default.contentsOfDirectory(atPath: state.appending(path: "snapshots").path).count == 12)
    }
  }

  @Test("stretches may be as short, and times as far away, as a number can say")
  func extremeStretches() throws {
    try withStore(4) { store, state in
      let record = state.appending(path: "snapshots/theta-000000001.json")
      let text = try String(contentsOf: record, encoding: .utf8)
      let created = try store.list().last { $0.record.step == 1 }?.record.created ?? ""
      try text.replacing(created, with: "999999-01-01T00:00:00Z").write(to: record, atomically: true, encoding: .utf8)
      for interval in [1e-300, 1e-10, 1e300] { try store.retain(SnapshotRetention(newest: 1, interval: interval)) }
      #expect(try steps(store).contains(3) && steps(store).contains(0))
    }
  }

  @Test("a snapshot that does not exist cannot be pinned") func unknown() throws {
    try withStore(1) { store, _ in
      let error = #expect(throws: SnapshotError.self) { try store.setPinned(true, store.name(step: 9)) }
      #expect(error?.code == .missing)
    }
  }

  @Test("latest.json is the record of the newest θ") func latestFile() throws {
    try withStore(3) { store, state in
      let data = try Data(contentsOf: state.appending(path: "snapshots/latest.json"))
      #expect(try JSONDecoder().decode(SnapshotRecord.self, from: data) == store.latest())
    }
  }
}
