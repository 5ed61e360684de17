import Foundation
import Snapshots
import TestSupport
import Testing

@Suite struct ApplyCommandTests {
  private static let fixtures = Repository.fixtures.appending(path: "update")

  private func apply(_ snapshot: URL, _ file: URL, to output: URL, isa: String = "baseline") throws -> ProcessResult {
    try ToolProcess.run(
      "lopt", ["apply", "--snapshot", snapshot.path, "--case", file.path, "--output", output.path],
      environment: ["LOPT_ISA": isa])
  }

  @Test(
    "the conformance cases are the files of Tests/Fixtures/update, and lopt apply comes to what these say",
    arguments: ConformanceCase.all)
  func fixtures(_ given: ConformanceCase) throws {
    try withTemporaryFolder { folder in
      let kept = Self.fixtures.appending(path: given.name)
      if ProcessInfo.processInfo.environment["LOPT_TEST_RECORD"] != nil {
        try FileManager.default.createDirectory(at: kept, withIntermediateDirectories: true)
        _ = try given.snapshot(in: kept)
        try given.file.encoded().write(to: kept.appending(path: "case.safetensors"))
        let status = try apply(
          kept.appending(path: "theta.safetensors"), kept.appending(path: "case.safetensors"),
          to: kept.appending(path: "result.safetensors"))
        #expect(status.exitCode == 0)
      }
      let snapshot = kept.appending(path: "theta.safetensors")
      let file = kept.appending(path: "case.safetensors")
      #expect(try Data(contentsOf: snapshot) == given.snapshot.encoded())
      #expect(try Data(contentsOf: file) == given.file.encoded())
      let output = folder.appending(path: "result.safetensors")
      let status = try apply(snapshot, file, to: output)
      #expect(status.exitCode == 0, "\(status.errors)")
      let found = try Safetensors(contentsOf: output)
      let expected = try Safetensors(contentsOf: kept.appending(path: "result.safetensors"))
      #expect(found.metadata == ["instruction_set": "baseline"])
      #expect(found.tensors.mapValues(\.shape) == expected.tensors.mapValues(\.shape))
      for name in expected.tensors.keys {
        // The time inputs are the C library's tanh, which is not the same to the last bit everywhere.
        let pairs = zip(found.floats(name), expected.floats(name))
        #expect(
          pairs.allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN || abs($0 - $1) <= 1e-6 * max(abs($0), abs($1)) },
          "\(given), \(name)")
      }
    }
  }

  @Test("a case that does not fit is refused by its file's name, and nothing is written")
  func refused() throws {
    try withTemporaryFolder { folder in
      let good = ConformanceCase.all[1]
      let snapshot = try good.snapshot(in: folder)
      let input = folder.appending(path: "case.safetensors")
      let output = folder.appending(path: "result.safetensors")
      func refuses(_ reason: String, _ edit: (inout Safetensors) -> Void) throws {
        var file = good.file
        edit(&file)
        try file.encoded().write(to: input)
        let result = try apply(snapshot, input, to: output)
        #expect(result.exitCode == 65)
        #expect(result.errors.contains("\(input.path): \(reason)"), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: output.path))
      }
      try refuses("has no tensor parameters.NAME") { $0.tensors = [:] }
      try refuses("has no tensor parameters.NAME") { $0.tensors = ["theta": $0.tensors["parameters.64"]!] }
      try refuses("has parameters.64 without gradients.64; give both or neither") { $0.tensors["gradients.64"] = nil }
      try refuses("tensor extra is not one of a case's: ") { $0.tensors["extra"] = $0.tensors["parameters.64"] }
      try refuses("gradients.64 has shape [64], must have [1, 64]") {
        $0.tensors["gradients.64"] = $0.tensors["parameters.64"]
      }
      try refuses("gradients.100x100 must have shape [steps, …], one step or more") {
        $0.tensors["gradients.100x100"] = .init(shape: [0, 100, 100], .float32([]))
      }
      try refuses("parameters.64 must be float32") { $0.tensors["parameters.64"] = .init(shape: [1], .uint8([1])) }
      try refuses("the metadata's step_scale is \"-1\", must be above 0") { $0.metadata["step_scale"] = "-1" }

      try good.file.encoded().write(to: input)
      let state = try apply(input, input, to: output)
      #expect(state.exitCode == 65 && state.errors.contains("not a snapshot: it has no float32 tensor theta"))
      let missing = try apply(folder.appending(path: "none"), input, to: output)
      #expect(missing.exitCode == 66)
      #expect(!FileManager.default.fileExists(atPath: output.path))
    }
  }
}
