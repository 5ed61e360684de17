import Engine
import Files
import Foundation
import LearnedOptimizers
import Snapshots
import Tasks
import TestSupport
import Testing

/// The library for Swift programs against the engine.
@Suite struct LearnedOptimizerTests {
  @Test("its steps are those of lopt apply, bit for bit", arguments: ConformanceCase.all)
  func bits(_ given: ConformanceCase) throws {
    try withTemporaryFolder { folder in
      let file = try given.snapshot(in: folder)
      let kernels = Kernels.forTests
      let expected = try UpdateCase(given.file, name: "case").result(
        of: RunnableSnapshot(at: file.path), kernels: kernels)
      let optimizer = try LearnedOptimizers.LearnedOptimizer(contentsOf: file)
      #expect(kernels.name.hasPrefix(optimizer.instructionSet))
      for (name, _) in given.parameters {
        var values = given.file.floats("parameters.\(name)")
        var state = optimizer.state(count: values.count)
        for step in 0..<given.steps {
          optimizer.step(&values, gradient: given.gradient(name, step), state: &state, rate: given.stepScale)
        }
        #expect(values.bits == expected.floats("parameters.\(name)").bits)
        #expect(state.step == given.steps)
      }
    }
  }

  @Test("a run that goes on from a checkpoint is the whole one")
  func checkpoint() throws {
    let file = Repository.root.appending(path: "Examples/theta/mlp2x32-train.safetensors")
    let optimizer = try LearnedOptimizers.LearnedOptimizer(contentsOf: file)
    #expect(optimizer.metadata.problem == "mlp2x32" && optimizer.sha256.count == 64)
    var whole = (0..<100).map { Float($0) / 50 - 1 }
    var state = optimizer.state(count: 100)
    var parts = whole
    for _ in 0..<40 { optimizer.step(&whole, gradient: whole, state: &state) }
    var first = optimizer.state(count: 100)
    for _ in 0..<20 { optimizer.step(&parts, gradient: parts, state: &first) }
    var second = try JSONDecoder().decode(TensorState.self, from: JSONEncoder().encode(first))
    let again = try LearnedOptimizers.LearnedOptimizer(contentsOf: file)
    for _ in 0..<20 { again.step(&parts, gradient: parts, state: &second) }
    #expect(parts == whole && second == state)
    #expect(whole.map { abs($0) }.max()! < 0.9, "it goes down")
  }

  @Test("a state with steps below 0 ends the program before memory is touched")
  func wrongState() async throws {
    // What is said stands in standard error in a debug build alone.
    await #expect(processExitsWith: .failure) {
      let file = Repository.root.appending(path: "Examples/theta/mlp2x32-train.safetensors")
      let optimizer = try LearnedOptimizers.LearnedOptimizer(contentsOf: file)
      var (values, state) = ([Float(1)], TensorState(step: -1, moments: [Float](repeating: 0, count: 10)))
      optimizer.step(&values, gradient: [1], state: &state)
    }
  }

  @Test("what cannot be a learned optimizer is refused by the file's name")
  func refused() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "θ.safetensors")
      #expect(throws: (any Error).self) { try LearnedOptimizers.LearnedOptimizer(contentsOf: file) }
      var snapshot = ConformanceCase.all[0].snapshot
      snapshot.theta.removeLast()
      try snapshot.encoded().write(to: file)
      let error = #expect(throws: SnapshotError.self) { try LearnedOptimizers.LearnedOptimizer(contentsOf: file) }
      #expect(error?.description == "\(file.path): theta has 1089 weights; its architecture has 1090")
      #expect(error?.code == .damaged)
      let other = #expect(throws: SnapshotError.self) {
        try LearnedOptimizers.LearnedOptimizer(
          contentsOf: Repository.root.appending(path: "Examples/theta/mlp2x32-train.safetensors"), instructionSet: "mmx"
        )
      }
      #expect(other?.description.hasPrefix("mmx: is no instruction set that this processor has") == true)
      #expect(other?.code == .unknownInstructionSet && other?.exitCode == .usage)
    }
  }
}
