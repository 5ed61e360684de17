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

  @Test("without --json the result is a table under a line that names the instruction set")
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

  @Test("unless told, lopt bench has a thread for each core that it may run on, not for each that there is")
  func threads() throws {
    let lopt = Repository.tools.appending(path: "lopt").path
    let result = try ToolProcess(
      executable: URL(filePath: "/usr/bin/taskset"),
      ["-c", "0", lopt, "bench", "--problem", "mlp2x32", "--batch", "4", "--seconds", "0.01"]
    ).wait()
    #expect(result.exitCode == 0 && result.output.contains(", 1 thread(s), batch 4\n"), "\(result.errors)")
  }

  @Test("an unknown problem is refused by its name")
  func unknownProblem() throws {
    let unknown = try ToolProcess.run("lopt", ["bench", "--problem", "mlp9"])
    #expect(unknown.exitCode == 64)
    #expect(unknown.errors.contains("unknown problem mlp9"))
  }

  @Test(
    "a number that is too low, or too high for any machine, is refused by its option",
    arguments: [
      ("--batch", "0"), ("--batch", "\(Int.max)"), ("--threads", "-1"), ("--threads", "100000"), ("--seconds", "0"),
      ("--seconds", "inf"),
    ])
  func refused(option: String, value: String) throws {
    let result = try ToolProcess.run("lopt", ["bench", "\(option)=\(value)"])
    #expect(result.exitCode == 64)
    #expect(result.errors.contains("\(option) must be"), "\(result.errors)")
  }
}
