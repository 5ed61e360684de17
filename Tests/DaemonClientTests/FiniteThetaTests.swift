import Files
import Foundation
import Snapshots
import TestSupport
import Testing

@testable import DaemonClient

/// A θ that is not finite, which an older daemon may give.
@Suite(.ownThreads) struct FiniteThetaTests {
  @Test("a snapshot whose θ is not finite is refused, and no file is left", arguments: [Float.nan, .infinity])
  func refused(weight: Float) async throws {
    try await withTemporaryFolder { folder in
      let state = folder.appending(path: "state")
      var snapshot = Snapshot.small()
      snapshot.theta[3] = weight
      try RecordedFiles(creating: state.appending(path: "snapshots"), prefix: "theta")
        .write(snapshot.encoded(), step: 7, created: Date())
      let output = folder.appending(path: "output")
      let fetcher = try SnapshotFetcher(from: .state(state.path), access: DaemonAccess())
      for name in ["latest", "theta-000000007.safetensors"] {
        let error = await #expect(throws: SnapshotError.self) { try await fetcher.fetch(name, into: output) }
        #expect(error?.code == .damaged && error?.description.contains("weights are not finite numbers") == true)
        #expect(!FileManager.default.fileExists(atPath: output.path))
      }
    }
  }
}
