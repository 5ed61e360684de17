import Files
import Foundation
import Shards
import TestSupport
import Testing

@Suite struct CommandTests {
  /// Runs `body` with a dataset of few images.
  private func withDataset(_ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try SmallMNIST().write(to: folder)
      let output = folder.appending(path: "mnist")
      let result = try build(folder, to: output)
      #expect(result.exitCode == 0, "\(result.errors)")
      try body(output)
    }
  }

  private func json(_ text: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(text.utf8))
  }

  @Test("info --json is all of the manifest, and images besides")
  func wholeManifest() throws {
    try withDataset { folder in
      var report = try #require(
        try json(ToolProcess.run("dataprep", ["info", folder.path, "--json"]).output) as? [String: Any])
      #expect(report.removeValue(forKey: "images") as? Int == SmallMNIST.training + SmallMNIST.test)
      let file = try String(contentsOf: folder.appending(path: "manifest.json"), encoding: .utf8)
      let manifest = try #require(try json(file) as? [String: Any])
      #expect(report as NSDictionary == manifest as NSDictionary)
    }
  }

  @Test("info --json says how many images there are, of which shape and classes")
  func info() throws {
    try withDataset { folder in
      let result = try ToolProcess.run("dataprep", ["info", folder.path, "--json"])
      let report = try #require(try json(result.output) as? [String: Any])
      #expect(report["images"] as? Int == SmallMNIST.training + SmallMNIST.test)
      #expect(report["shape"] as? [Int] == [14, 14, 1])
      let classes = try #require(report["classes"] as? [[String: Any]])
      #expect(classes.map { $0["id"] as? String } == (0..<10).map { String($0) })
      #expect(classes.map { $0["name"] as? String } == (0..<10).map { String($0) })
      #expect(classes.allSatisfy { $0["split"] as? String == "train" && $0["shard"] as? Int == 0 })
      for (digit, entry) in classes.enumerated() {
        let validation = MNISTSample.test.labels.prefix(SmallMNIST.test).count { $0 == digit }
        let training = MNISTSample.training.labels.prefix(SmallMNIST.training).count { $0 == digit }
        #expect(entry["count"] as? Int == training + validation)
        #expect(entry["validation"] as? Int == validation)
      }
    }
  }

  @Test("info prints a line for the dataset and one for each class")
  func table() throws {
    try withDataset { folder in
      let lines = try ToolProcess.run("dataprep", ["info", folder.path]).output.split(separator: "\n")
      #expect(lines.count == 12)
      #expect(lines[0].contains("100 images of 14×14×1, 10 classes"))
      #expect(lines[1].contains("class  name  split  images  validation  shard"))
    }
  }

  @Test("verify exits with 0 for what build wrote, and with 65 and the shard's name where a byte is inverted")
  func verify() throws {
    try withDataset { folder in
      let whole = try ToolProcess.run("dataprep", ["verify", folder.path])
      #expect(whole.exitCode == 0)
      #expect(whole.output.hasPrefix("shard-00000.lmdb: 100 images, "))
      let shard = folder.appending(path: "shard-00000.lmdb")
      var bytes = try Data(contentsOf: shard)
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: shard)
      let damaged = try ToolProcess.run("dataprep", ["verify", folder.path, "--json"])
      #expect(damaged.exitCode == 65)
      #expect(damaged.errors.contains("shard-00000.lmdb: its SHA-256 is not the manifest's"))
      let report = try #require(try json(damaged.output) as? [String: Any])
      #expect(report["valid"] as? Bool == false)
      let problem = (report["shards"] as? [[String: Any]])?.first?["problem"] as? String
      #expect(problem?.contains("SHA-256") == true)
    }
  }

  @Test("tasks sample lists the classes' ids of the tasks that the seed stands for")
  func tasks() throws {
    try withDataset { folder in
      let options = [
        "tasks", "sample", folder.path, "--split", "train", "--classes", "4", "--count", "5", "--seed", "9",
      ]
      let result = try ToolProcess.run("dataprep", options + ["--json"])
      let tasks = try #require(try json(result.output) as? [[String: Any]])
      let manifest = try Manifest(in: folder)
      let expected = try (0..<5).map {
        try manifest.sampleTask(split: .train, classes: 4, seed: 9, index: $0, in: "").classes
          .map { manifest.classes[$0].id }
      }
      #expect(tasks.map { $0["task"] as? Int } == Array(0..<5))
      #expect(tasks.map { $0["classes"] as? [String] } == expected)
      let text = try ToolProcess.run("dataprep", options).output
      #expect(text == expected.enumerated().map { "\($0): \($1.joined(separator: " "))\n" }.joined())
    }
  }

  @Test("a split without classes, and a folder that is no dataset, are refused")
  func refused() throws {
    try withDataset { folder in
      let empty = try ToolProcess.run("dataprep", ["tasks", "sample", folder.path, "--split", "held-out"])
      #expect(empty.exitCode == 64)
      #expect(empty.errors.contains("\(folder.path): a task of 10 classes of the split held-out, which has 0"))
    }
    for command in [["info"], ["verify"], ["tasks", "sample"]] {
      let result = try ToolProcess.run("dataprep", command + ["/nowhere"])
      #expect(result.exitCode == 66)
      #expect(
        result.errors
          == "dataprep: /nowhere: no manifest.json can be read here: make a dataset with dataprep build shards\n")
    }
  }

  @Test("--version prints the version that manifests record")
  func version() throws {
    try withDataset { folder in
      let result = try ToolProcess.run("dataprep", ["--version"])
      let recorded = try Manifest(in: folder).toolVersion
      #expect(result.output == recorded + "\n")
    }
  }
}
