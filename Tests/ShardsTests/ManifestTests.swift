import Files
import Foundation
import TestSupport
import Testing

@testable import Shards

@Suite struct ManifestTests {
  /// The error of a manifest in which `old` was replaced.
  private func error(replacing old: String, with new: String) throws -> ShardsError? {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      try SampleDataset(classesInShard: 5).write(to: output)
      try edit(output.appending(path: "manifest.json"), old, new)
      return #expect(throws: ShardsError.self) { try Manifest(in: output) }
    }
  }

  @Test("a manifest that was written is read back")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      let manifest = try SampleDataset(classes: [(4, .heldOut), (2, .train)]).write(to: output)
      #expect(try Manifest(in: output) == manifest)
      #expect(manifest.classes.map(\.id) == ["4", "2"])
      #expect(manifest.imageCount == 50)
      #expect(manifest.positions(in: .train) == [1])
    }
  }

  @Test("a folder without a manifest is no dataset, and the message says what to do")
  func missing() throws {
    try withTemporaryFolder { folder in
      let error = #expect(throws: ShardsError.self) { try Manifest(in: folder) }
      #expect(error?.code == .notADataset)
      #expect(error?.description.contains("dataprep build shards") == true)
    }
  }

  @Test("a newer format is refused with its version and the program that wrote it, even where the rest changed")
  func newerFormat() throws {
    let error = try error(replacing: #""format_version" : 2"#, with: #""format_version" : 3, "classes" : 7"#)
    #expect(error?.code == .newerFormat)
    #expect(error?.description.contains("format version 3, written by version") == true)
  }

  @Test("a manifest of version 1, which always had the source's shape and counted no warnings, is read")
  func olderFormat() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      var manifest = try SampleDataset().write(to: output)
      try edit(output.appending(path: "manifest.json"), #""format_version" : 2"#, #""format_version" : 1"#)
      try edit(output.appending(path: "manifest.json"), ",\n  \"warnings\" : 0", "")
      (manifest.formatVersion, manifest.warnings) = (1, nil)
      #expect(try Manifest(in: output) == manifest)
    }
  }

  @Test("a source of images of different shapes has no shape")
  func noShape() throws {
    let manifest = try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      _ = try DatasetWriter.write(to: output, identity: SampleDataset.identity(), shape: SampleDataset.shape) {
        try SampleDataset.append(1, to: $0)
        return try $0.finish(source: .init(name: "sample", shape: nil, files: []), resampling: "box") { _ in [.train] }
      }
      return try Manifest(in: output)
    }
    #expect(manifest.source.shape == nil)
  }

  @Test(
    "a manifest that contradicts itself or does not decode is refused",
    arguments: [
      (#""validation" : 5"#, #""validation" : 25"#, "25 images, 25 for validation"),
      (#""id" : "3""#, #""id" : "4""#, "same id"),
      ("shard-00001.lmdb", "../elsewhere", "not called shard-00001.lmdb"),
      (#""shard" : 1"#, #""shard" : 2"#, "out of order"),
      (#""shard" : 1"#, #""shard" : 0"#, "classes and shards disagree"),
      (#""split" : "train""#, #""split" : "test""#, "classes.0.split"),
      (#""mean" :"#, #""average" :"#, "channels.0.mean: missing"),
      (#""bytes" :"#, #""bytes" : "many", "b" :"#, "of the wrong kind"),
      (#""bytes" :"#, #""bytes" : 9223372036854775807, "b" :"#, "has 9223372036854775807 bytes"),
      (#""bytes" :"#, #""bytes" : -1, "b" :"#, "has -1 bytes"),
      (#""format_version""#, #""channels" : [], "format_version""#, "the key channels is there for the second time"),
      ("{", "[", "not a manifest"),
    ])
  func contradiction(old: String, new: String, message: String) throws {
    let error = try error(replacing: old, with: new)
    #expect(error?.code == .invalidManifest)
    #expect(error?.exitCode == .data)
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}
