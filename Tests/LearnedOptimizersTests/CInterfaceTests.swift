import CLopt
import Engine
import Foundation
import Glibc
import Snapshots
import Tasks
import TestSupport
import Testing

/// The C library against the engine: the same bits, and the same files taken and refused.
@Suite struct CInterfaceTests {
  /// A learned optimizer of the C library.
  private final class Optimizer {
    let handle: OpaquePointer

    init?(_ path: String, _ instructionSet: String? = nil, fault: inout String) {
      var message = [CChar](repeating: 0, count: Int(LOPT_MESSAGE))
      let handle = lopt_load(path, instructionSet, &message)
      fault = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard let handle else { return nil }
      self.handle = handle
    }

    deinit { lopt_free(handle) }
  }

  private func load(_ path: String, _ instructionSet: String? = nil) throws -> Optimizer {
    var fault = ""
    let optimizer = Optimizer(path, instructionSet, fault: &fault)
    return try #require(optimizer, "\(fault)")
  }

  /// Floats at the very end of a page, behind which nothing may be read or written.
  private final class Guarded {
    let floats: UnsafeMutablePointer<Float>
    private let base: UnsafeMutableRawPointer
    private let bytes: Int

    init(_ values: [Float]) {
      let page = Int(getpagesize())
      let inside = (values.count * 4 + page - 1) / page * page
      bytes = inside + page
      base = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      mprotect(base + inside, page, PROT_NONE)
      floats = (base + inside - values.count * 4).bindMemory(to: Float.self, capacity: values.count)
      floats.initialize(from: values, count: values.count)
    }

    deinit { munmap(base, bytes) }

    func array(_ count: Int) -> [Float] { Array(UnsafeBufferPointer(start: floats, count: count)) }
  }

  @Test(
    "its steps are the engine's bit for bit, and touch nothing beside what they are given",
    arguments: ConformanceCase.all)
  func bits(_ given: ConformanceCase) throws {
    try withTemporaryFolder { folder in
      let file = try given.snapshot(in: folder)
      for kernels in Kernels.available where !kernels.name.contains("openblas") {
        let expected = try UpdateCase(given.file, name: "case")
          .result(of: RunnableSnapshot(at: file.path), kernels: kernels)
        let optimizer = try load(file.path, kernels.name)
        #expect(String(cString: lopt_instruction_set_of(optimizer.handle)) == kernels.name)
        for (name, tensor) in given.parameters {
          let count = tensor.values.count
          let values = Guarded(given.file.floats("parameters.\(name)"))
          let moments = Guarded([Float](repeating: 0, count: lopt_moments(optimizer.handle, count)))
          for step in 0..<given.steps {
            let gradient = Guarded(given.gradient(name, step))
            var parameters = lopt_parameters(
              count: count, step: step, values: values.floats, gradient: gradient.floats, moments: moments.floats)
            #expect(lopt_step(optimizer.handle, &parameters, 1, given.stepScale, 0) == 0)
          }
          let all = moments.array(lopt_moments(optimizer.handle, count))
          #expect(values.array(count).bits == expected.floats("parameters.\(name)").bits, "\(name), \(kernels.name)")
          #expect(Array(all.prefix(all.count / 2)).bits == expected.floats("momenta.\(name)").bits)
          #expect(Array(all.suffix(all.count / 2)).bits == expected.floats("second_moments.\(name)").bits)
        }
      }
    }
  }

  @Test("decay takes its share of the parameters before the step")
  func decay() throws {
    let optimizer = try load(Repository.root.appending(path: "Examples/theta/mlp2x32-train.safetensors").path)
    let count = 2_500
    let start = (0..<count).map { sin(Float($0)) }
    let gradient = (0..<count).map { cos(Float($0) * 3) }
    func step(decay: Float) -> [Float] {
      let (values, gradient) = (Guarded(start), Guarded(gradient))
      let moments = Guarded([Float](repeating: 0, count: lopt_moments(optimizer.handle, count)))
      var parameters = lopt_parameters(
        count: count, step: 3, values: values.floats, gradient: gradient.floats, moments: moments.floats)
      #expect(lopt_step(optimizer.handle, &parameters, 1, 0.5, decay) == 0)
      return values.array(count)
    }
    let plain = step(decay: 0)
    #expect(zip(step(decay: 0.25), zip(plain, start)).allSatisfy { abs($0 - ($1.0 - 0.125 * $1.1)) <= 1e-6 })
  }

  @Test("no memory is touched for tensors without parameters, and numbers below 0 are refused")
  func empty() throws {
    let optimizer = try load(Repository.root.appending(path: "Examples/theta/mlp2x32-train.safetensors").path)
    var parameters = lopt_parameters(count: 0, step: 0, values: nil, gradient: nil, moments: nil)
    #expect(lopt_step(optimizer.handle, &parameters, 1, 1, 0) == 0)
    #expect(lopt_step(optimizer.handle, nil, 0, 1, 0) == 0)
    parameters.count = -1
    #expect(lopt_step(optimizer.handle, &parameters, 1, 1, 0) == -1)
    (parameters.count, parameters.step) = (0, -1)
    #expect(lopt_step(optimizer.handle, &parameters, 1, 1, 0) == -1)
    parameters.step = 0
    #expect(lopt_step(optimizer.handle, &parameters, -1, 1, 0) == -1)
    #expect(lopt_moments(optimizer.handle, -5) == 0)
    lopt_free(nil)
    #expect(lopt_interface() == LOPT_INTERFACE)
  }

  @Test("null is refused where something must be, and allowed for a message")
  func null() throws {
    let optimizer = try load(Repository.root.appending(path: "Examples/theta/mlp2x32-train.safetensors").path)
    #expect(lopt_step(optimizer.handle, nil, 1, 1, 0) == -1)
    var values: [Float] = [1]
    let (gradient, start) = (Guarded([1]), Guarded([Float](repeating: 0, count: 10)))
    values.withUnsafeMutableBufferPointer { buffer in
      for missing in 0..<3 {
        var parameters = lopt_parameters(
          count: 1, step: 0, values: missing == 0 ? nil : buffer.baseAddress,
          gradient: missing == 1 ? nil : UnsafePointer(gradient.floats), moments: missing == 2 ? nil : start.floats)
        #expect(lopt_step(optimizer.handle, &parameters, 1, 1, 0) == -1)
      }
    }
    #expect(values == [1] && start.array(10).allSatisfy { $0 == 0 })
    #expect(lopt_load("/no/file", nil, nil) == nil)
    #expect(lopt_load(nil, nil, nil) == nil)
    var message = [CChar](repeating: 0, count: Int(LOPT_MESSAGE))
    func text() -> String { String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
    #expect(lopt_load(nil, nil, &message) == nil && text() == "there is no path: it is null")
    #expect(lopt_create(nil, values, 1, nil, &message) == nil)
    #expect(text() == "there is no architecture: it, its betas or its time_scales are null")
    var architecture = lopt_architecture_of(optimizer.handle).pointee
    #expect(lopt_create(&architecture, nil, 1_090, nil, &message) == nil && text() == "there is no theta: it is null")
    architecture.betas = nil
    #expect(lopt_create(&architecture, nil, 1_090, nil, &message) == nil)
    #expect(text() == "there is no architecture: it, its betas or its time_scales are null")
  }

  @Test("every shipped θ is read, as the engine reads it")
  func shipped() throws {
    for file in try FileManager.default.contentsOfDirectory(
      at: Repository.root.appending(path: "Examples/theta"), includingPropertiesForKeys: nil)
    where file.pathExtension == "safetensors" {
      let optimizer = try load(file.path)
      let architecture = try RunnableSnapshot(at: file.path).architecture
      withExtendedLifetime(optimizer) {
        let found = lopt_architecture_of(optimizer.handle).pointee
        #expect(Array(UnsafeBufferPointer(start: found.betas, count: found.betas_count)) == architecture.betas)
        #expect(
          Array(UnsafeBufferPointer(start: found.time_scales, count: found.time_scales_count))
            == architecture.timeScales)
        #expect(found.hidden_units == architecture.hiddenUnits && found.lambda1 == architecture.lambda1)
      }
    }
  }

  private func refusal(_ data: Data, in folder: URL, _ instructionSet: String? = nil) throws -> String {
    let file = folder.appending(path: "θ file.safetensors")
    try data.write(to: file)
    var fault = ""
    #expect(Optimizer(file.path, instructionSet, fault: &fault) == nil)
    #expect(fault.hasPrefix(file.path))
    return String(fault.dropFirst(file.path.count))
  }

  @Test("what is no sound snapshot is refused with the file's name and the reason")
  func refused() throws {
    try withTemporaryFolder { folder in
      let sound = try Safetensors(contentsOf: ConformanceCase.all[0].snapshot(in: folder))
      func changed(_ edit: (inout Safetensors) -> Void) throws -> Data {
        var file = sound
        edit(&file)
        return try file.encoded()
      }
      for (data, reason) in [
        (Data(), "not a sound safetensors file: the header's length is beyond the file's end"),
        (
          Data(repeating: 255, count: 100), "not a sound safetensors file: the header's length is beyond the file's end"
        ),
        (
          try changed { $0.tensors = ["weights": $0.tensors["theta"]!] },
          "not a sound snapshot: its header, or its float32 tensor theta, is missing or damaged"
        ),
        (
          try changed { $0.metadata["adam_steps"] = "3" },
          "is the state of a run, not a snapshot; lopt fetch latest --from its folder gets one"
        ),
        (try changed { $0.metadata["format_version"] = "3" }, "has format version 3; this library reads up to 2"),
        (
          try changed { $0.metadata["format_version"] = nil },
          "not a snapshot of θ: its metadata's format_version is missing or damaged"
        ),
        (
          try changed { ($0.metadata["format_version"], $0.metadata["new"]) = ("2", "1") },
          "its metadata has the key new, which this library does not know, and may need"
        ),
        (
          try changed { $0.metadata["scale_by_rms"] = "true" },
          "damaged: its metadata has scale_by_rms, which format version 1 does not"
        ),
        (
          try changed { ($0.metadata["format_version"], $0.metadata["a\u{9b}1"]) = ("2", "1") },
          "its metadata has the key a??1, which this library does not know, and may need"
        ),
        (try changed { $0.metadata["problem"] = nil }, "not a snapshot of θ: its metadata lacks problem"),
        (try changed { $0.metadata["seed"] = "x" }, "damaged: its metadata's seed is no whole number"),
        (try changed { $0.metadata["steps"] = "05" }, "damaged: its metadata's steps is no whole number"),
        (
          try changed { $0.metadata["hidden_units"] = "032" },
          "damaged: its metadata's hidden_units is missing or has no sense"
        ),
        (try changed { $0.metadata["lambda1"] = "+1" }, "damaged: its metadata's lambda1 is missing or has no sense"),
        (try changed { $0.metadata["lambda1"] = ".5" }, "damaged: its metadata's lambda1 is missing or has no sense"),
        (try changed { $0.metadata["lambda1"] = "1." }, "damaged: its metadata's lambda1 is missing or has no sense"),
        (
          try changed { _ in } + Data([0]),
          "not a sound snapshot: its header, or its float32 tensor theta, is missing or damaged"
        ),
        (try changed { $0.metadata["betas"] = "[0.9" }, "damaged: its metadata's betas is missing or has no sense"),
        (
          try changed { $0.metadata["features"] = #"["time","time"]"# },
          "damaged: its metadata's features is missing or has no sense"
        ),
        (try changed { $0.metadata["betas"] = "[1.5]" }, "beta 0 is 1.5, must be from 0 to below 1"),
        (try changed { $0.metadata["hidden_units"] = "5000" }, "hidden_units is 5000, must be in 2 … 1024"),
        (
          try changed { $0.tensors["theta"] = .init(shape: [3], .float32([1, 2, 3])) },
          "theta has 3 weights; its architecture has \(sound.floats("theta").count)"
        ),
        (
          try changed {
            $0.tensors["theta"] = .init(
              shape: $0.tensors["theta"]!.shape, .float32($0.floats("theta").map { _ in .nan }))
          },
          "\(sound.floats("theta").count) of its \(sound.floats("theta").count) weights are not finite numbers; take "
            + "another snapshot"
        ),
      ] {
        #expect(try refusal(data, in: folder) == ": \(reason)")
      }
      #expect(
        try refusal(sound.encoded(), in: folder, "x86-64-v9")
          == ": x86-64-v9: is no instruction set that this processor has and this library knows, such as baseline")
      var fault = ""
      #expect(Optimizer(folder.path, fault: &fault) == nil)
      #expect(fault == "\(folder.path): Is a directory")
      #expect(Optimizer("/no/file", fault: &fault) == nil)
      #expect(fault == "/no/file: No such file or directory")
    }
  }

  @Test("a file that is cut is refused, and one with a changed byte refused or taken, always with a reason")
  func mutants() throws {
    try withTemporaryFolder { folder in
      let data = try Data(contentsOf: ConformanceCase.all[0].snapshot(in: folder))
      let file = folder.appending(path: "mutant")
      let header = 8 + Int(data[0]) + Int(data[1]) << 8
      for place in stride(from: 0, to: header, by: 3) {
        for change in [UInt8(0), 0x22, 0x5c, 0x39, 0xff] {
          var mutant = data
          mutant[place] = change
          try mutant.write(to: file)
          var fault = ""
          let isTaken = Optimizer(file.path, fault: &fault) != nil
          #expect(isTaken == fault.isEmpty)
        }
        try data.prefix(place).write(to: file)
        var fault = ""
        #expect(Optimizer(file.path, fault: &fault) == nil)
      }
    }
  }
}
