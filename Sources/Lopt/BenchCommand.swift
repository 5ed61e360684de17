import ArgumentParser
import Commands
import Engine
import EngineBench
import Files
import Foundation
import Settings
import Threads

/// The command `lopt bench`, which times the engine on this machine.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time the engine on this machine.",
    discussion: """
      Times the loss of a batch, its gradient, gradient and Hessian-vector product, the learned optimizer's update and \
      its reverse, a step of Adam, and inner steps of an unroll without and with the outer-gradient. GFLOP/s count a \
      convolution's multiply-adds by its definition. "of peak" counts those that are executed, as a share of what the \
      same threads do meanwhile in a loop of nothing but multiply-adds. The variable LOPT_ISA (baseline, x86-64-v3, \
      x86-64-v4) forces an instruction set. \(documentationRoot)Documentation/benchmarks.md says more.

      Example:
        lopt bench --problem mlp2x32 --threads 1
      """)

  @Option(
    help: ArgumentHelp("An inner problem; may be given several times. All, if left out.", valueName: "name"),
    completion: .list(InnerProblems.listed))
  var problem: [String] = []
  @Option(
    help: ArgumentHelp(
      "Threads that do the same at the same time; 0: one for each core that may be used.", valueName: "number"))
  var threads = 0
  @Option(help: ArgumentHelp("Images of a minibatch.", valueName: "images"))
  var batch = 128
  @Option(help: ArgumentHelp("How long each operation is repeated.", valueName: "seconds"))
  var seconds = 1.0
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (0...1024).contains(threads) else { throw ValidationError("--threads must be 0 … 1024") }
    let batches = InnerSettings.batchRange
    guard batches.contains(batch) else {
      throw ValidationError("--batch must be \(batches.lowerBound) … \(batches.upperBound)")
    }
    guard seconds > 0, seconds <= 86_400 else { throw ValidationError("--seconds must be above 0, at most 86400") }
  }

  func run() throws {
    let kernels = try Kernels.chosen()
    let problems = problem.isEmpty ? InnerProblems.all : try problem.map { try InnerProblems.named($0) }
    let threads = threads > 0 ? threads : SystemCall.processorCount
    let progress = Files.Progress(
      "timing", unit: "operations", total: problems.count * BenchOperation.allCases.count)
    let bench = Bench(threads: threads, seconds: seconds, kernels: kernels)
    var results: [BenchResult] = []
    for problem in problems {
      for operation in BenchOperation.allCases {
        results.append(bench.run(operation, problem, batch: batch))
        progress.advance(note: "\(problem.name) \(operation.rawValue)")
      }
    }
    progress.finish()
    if json {
      try JSONText.print(results)
    } else {
      try StandardOutput.print("\(kernels.title), \(threads) thread(s), batch \(batch)")
      try StandardOutput.print(Self.table(results))
    }
  }

  private static func table(_ results: [BenchResult]) -> TextTable {
    TextTable(
      header: ["problem", "operation", "ms", "per second", "GFLOP/s", "peak", "of peak"],
      rows: results.map { result in
        [
          result.problem, result.operation.rawValue, number(result.medianMilliseconds), number(result.perSecond),
          number(result.gflops), number(result.peakGFLOPS), String(format: "%.0f %%", 100 * result.peakShare),
        ]
      })
  }

  /// Returns three significant digits.
  private static func number(_ value: Double) -> String {
    let digits = value > 0 ? max(0, 2 - Int(log10(value).rounded(.down))) : 0
    return String(format: "%.\(digits)f", value)
  }
}
