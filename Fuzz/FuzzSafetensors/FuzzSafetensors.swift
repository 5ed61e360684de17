import Foundation
import FuzzRunner
import Snapshots

/// Reads a safetensors file, writes it again, and takes it for a snapshot.
@main
enum FuzzSafetensors {
  static func main() {
    Fuzzer.run { bytes in
      let file = try Safetensors(Data(bytes), name: "input")
      let written = try file.encoded()
      let again = try? Safetensors(written, name: "written").encoded()
      precondition(again == written, "what is written can be read")
      let metadata = try SnapshotMetadata(file.metadata, name: "input")
      Fuzzer.refusing { _ = try SnapshotMetadata(metadata.dictionary, name: "written") }
    }
  }
}
