package import Engine
import Files
import Foundation
package import Snapshots

extension Architecture {
  /// Reads the architecture from a file's metadata, by the keys of a snapshot. A key that is absent has the paper's
  /// value.
  ///
  /// - Parameter name: what an error calls the file.
  /// - Throws: ``TasksError`` where a value is out of range.
  package init(metadata: [String: String], name: String) throws {
    self.init()
    func read<Value: Decodable>(
      _ key: String, into value: inout Value, _ rule: String, _ isValid: (Value) -> Bool
    ) throws {
      guard let text = metadata[key] else { return }
      guard let read = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)), isValid(read) else {
        throw TasksError(.wrongCase, "\(name): the metadata's \(key) is \"\(text)\", must be \(rule)")
      }
      value = read
    }
    let groups = FeatureGroup.allCases.map(\.rawValue).joined(separator: ", ")
    try read("hidden_layers", into: &hiddenLayers, "in 1 … 8") { (1...8).contains($0) }
    try read("hidden_units", into: &hiddenUnits, "in 2 … 1024") { (2...1_024).contains($0) }
    try read("features", into: &features, "a list of some of \(groups)") { Set($0).count == $0.count }
    try read("betas", into: &betas, "1 to 16 numbers from 0 to below 1") { betas in
      (1...16).contains(betas.count) && betas.allSatisfy { (0..<1).contains($0) }
    }
    try read("time_scales", into: &timeScales, "at most 64 numbers above 0") { scales in
      scales.count <= 64 && scales.allSatisfy { $0 > 0 }
    }
    try read("lambda1", into: &lambda1, "above 0") { $0 > 0 }
    try read("lambda2", into: &lambda2, "above 0") { $0 > 0 }
  }
}

extension Architecture {
  /// Reads the architecture from a snapshot's metadata.
  ///
  /// - Parameter name: what an error calls the file.
  /// - Throws: ``TasksError`` where a value is out of range.
  package init(_ metadata: SnapshotMetadata, name: String) throws {
    try self.init(metadata: metadata.dictionary, name: name)
  }
}
