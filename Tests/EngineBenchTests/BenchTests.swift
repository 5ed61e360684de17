import TestSupport
import Testing

@testable import Engine
@testable import EngineBench

/// Small enough to be timed in milliseconds.
private let tinyProblem = MLP(name: "tiny", shape: ImageShape(height: 3, width: 4, channels: 1), hidden: [7, 5])

@Suite struct BenchTests {
  @Test("the multiply-adds of an operation are those of its matrix products")
  func multiplyAdds() {
    // 12 → 7 → 5 → 10, 2 images: the first layer's 84, and 85 of the others.
    let counted = { (operation: BenchOperation) in
      operation.multiplyAdds(tinyProblem, Architecture(), batch: 2)
    }
    #expect(counted(.value) == 2 * 169)
    #expect(counted(.gradient) == 2 * (169 + 169 + 85))
    // Along the vector: two products where a pass has one, but for the derivatives by the images and of them.
    #expect(counted(.gradientHVP) == 2 * (169 + 169 + 85) + 2 * ((169 + 85) + (169 + 85) + 2 * 85))
    // 22 inputs that differ between parameters and the bias, 32 units and their bias, two outputs; 191 parameters.
    #expect(counted(.update) == 191 * (23 * 32 + 33 * 2))
    #expect(counted(.unrollForward) == counted(.gradient) + counted(.update))
  }

  @Test("every operation is timed", arguments: BenchOperation.allCases)
  func timed(operation: BenchOperation) {
    let bench = Bench(threads: 2, seconds: 0.01, kernels: .forTests)
    let result = bench.run(operation, tinyProblem, batch: 3)
    #expect(result.peakGFLOPS > 0)
    #expect(result.problem == "tiny" && result.operation == operation && result.threads == 2 && result.batch == 3)
    #expect(result.medianMilliseconds > 0 && result.perSecond > 0)
    let perOperation = Double(2 * operation.multiplyAdds(tinyProblem, Architecture(), batch: 3))
    #expect(abs(result.gflops - result.perSecond * perOperation / 1e9) <= 1e-9 * result.gflops)
    #expect(abs(result.peakShare - result.gflops / result.peakGFLOPS) <= 1e-9 * result.peakShare)
  }

  @Test(
    "the peak's share counts the multiply-adds that a convolution executes, not those of its definition")
  func executed() throws {
    let problem = try InnerProblems.named("conv3x32@13")
    // 13 → 7 → 4 → 4 pixels: the last convolution is of stride 1, four tiles of 2×2.
    let counts = problem.multiplyAdds
    #expect(counts == [49 * 9 * 3 * 32, 16 * 9 * 32 * 32, 16 * 9 * 32 * 32, 320])
    #expect(problem.executedMultiplyAdds == [counts[0], counts[1], 4 * 16 * 32 * 32, 320])
    let odd = try InnerProblems.named("conv3x16@12")
    // 12 → 6 → 3 → 3 pixels: four tiles cover nine.
    #expect(odd.multiplyAdds[2] == 9 * 9 * 16 * 16 && odd.executedMultiplyAdds[2] == 4 * 16 * 16 * 16)
    let executed = BenchOperation.gradient.multiplyAdds(problem, Architecture(), batch: 2) { $0.executedMultiplyAdds }
    let all = problem.executedMultiplyAdds.reduce(0, +)
    #expect(executed == 2 * (3 * all - problem.executedMultiplyAdds[0]))
    let result = Bench(threads: 1, seconds: 0.01, kernels: .forTests).run(.gradient, problem, batch: 2)
    let share = result.perSecond * Double(2 * executed) / 1e9 / result.peakGFLOPS
    #expect(abs(result.peakShare - share) <= 1e-9 * share)
  }
}
