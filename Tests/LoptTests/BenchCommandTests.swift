import Foundation
import TestSupport
import Testing

@Suite struct BenchCommandTests {
  private struct Row: Decodable {
    var problem: String
    var operation: String
    var threads: Int
    var batch: Int
    var medianMs: Double
    var perSecond: Double
    var gflops: Double
    var peakGflops: Double
    var peakShare: Double
  }

  @Test("--json is an array with a row for each operation of each chosen problem")
  func json() throws {
    let result = try ToolProcess.run(
      "lopt", ["bench", "--problem", "mlp2x32", "--threads", "1", "--batch", "4", "--seconds", "0.01", "--json"])
    #expect(result.exitCode == 0)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let rows = try decoder.decode([Row].self, from: Data(result.output.utf8))
    #expect(
      rows.map(\.operation) == [
        "value", "gradient", "gradient_hvp", "update", "update_reverse", "adam", "unroll_forward",
        "unroll_reverse",
      ])
    #expect(rows.allSatisfy { $0.problem == "mlp2x32" && $0.threads == 1 && $0.batch == 4 })
    #expect(rows.allSatisfy { $0.medianMs > 0 && $0.perSecond > 0 && $0.peakGflops > 0 })
    // Adam multiplies no matrices.
    #expect(rows.allSatisfy { ($0.gflops > 0 && $0.peakShare > 0) != ($0.operation == "adam") })
  }

  @Test("without --json it is a table under a line that names the instruction set")
  func table() throws {
    let result = try ToolProcess.run(
      "lopt", ["bench", "--problem", "mlp2x32", "--threads", "1", "--batch", "4", "--seconds", "0.01"],
      environment: ["LOPT_ISA": "baseline"])
    #expect(result.exitCode == 0)
    let lines = result.output.split(separator: "\n")
    #expect(lines[0] == "baseline, 1 thread(s), batch 4")
    #expect(lines[1].hasPrefix("problem"))
    #expect(lines.count == 2 + 8)
  }

  @Test("an unknown problem is refused by name, and a number below 1 by its option")
  func refused() throws {
    let unknown = try ToolProcess.run("lopt", ["bench", "--problem", "mlp9"])
    #expect(unknown.exitCode == 64)
    #expect(unknown.errors.contains("unknown problem mlp9"))
    let batch = try ToolProcess.run("lopt", ["bench", "--batch", "0"])
    #expect(batch.exitCode == 64)
    #expect(batch.errors.contains("--batch"))
  }
}
