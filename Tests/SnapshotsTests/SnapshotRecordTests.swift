import Foundation
import Snapshots
import TestSupport
import Testing

/// Which records, perhaps of a stranger, are taken for records.
@Suite struct SnapshotRecordTests {
  private let record = SnapshotRecord(
    name: "theta-000000012.safetensors", step: 12, sha256: String(repeating: "0a", count: 32), size: 1,
    created: "2026-01-05T11:02:40Z")

  @Test("a time is read to its end, in the one form in which it is written")
  func time() {
    #expect(record.isSound && record.time?.timeIntervalSince1970 == 1_767_610_960)
    for text in [
      "", "now", "2026-01-05T11:02:40Z\u{1B}[31m", "2026-01-05T11:02:40Z\nok", " 2026-01-05T11:02:40Z",
      "2026-01-05T11:02:40", "2026-01-05", "2026-13-05T11:02:40Z", "2026-01-05T11:02:40+01:00",
    ] {
      var changed = record
      changed.created = text
      #expect(changed.time == nil && !changed.isSound, "\(text)")
    }
  }

  @Test("a digest, a size and a signature have their form")
  func form() {
    let changes: [(inout SnapshotRecord) -> Void] = [
      { $0.sha256 = "" }, { $0.sha256 = String(repeating: "0A", count: 32) }, { $0.sha256 += "\n" }, { $0.size = -1 },
      { $0.step = -1 }, { $0.signature = "a\u{1B}[31m" }, { $0.signature = "a\nb" },
    ]
    for (number, change) in changes.enumerated() {
      var changed = record
      change(&changed)
      #expect(!changed.isSound, "\(number)")
    }
  }

  @Test("a record on the disk with anything else in it is damaged, and none of it is listed or given out")
  func onDisk() throws {
    try withTemporaryFolder { state in
      let store = try SnapshotStore(creatingIn: state)
      for step in [0, 7] { try store.write(Snapshot.sample(step)) }
      let file = state.appending(path: "snapshots/theta-000000007.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      try text.replacing("Z\"", with: #"Z\u001b[31m\nok""#).write(to: file, atomically: true, encoding: .utf8)
      #expect(throws: SnapshotError.self) { try store.read(named: "theta-000000007.safetensors") }
      #expect(try store.list().map(\.record.step) == [0])
      #expect(try store.latest()?.step == 0)
      #expect(throws: SnapshotError.self) {
        try SnapshotCheck().check(file.deletingPathExtension().appendingPathExtension("safetensors"))
      }
    }
  }
}
