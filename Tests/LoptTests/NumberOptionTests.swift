import TestSupport
import Testing

/// Options that are numbers.
@Suite struct NumberOptionTests {
  @Test(
    "a number beyond its range is exit 64 and names its option, before any file is read",
    arguments: [
      ["lopt", "evaluate", "--snapshot", "s", "--dataset", "d", "--problem", "mlp2x32", "--steps", "9", "--tasks"],
      ["lopt", "evaluate", "--snapshot", "s", "--dataset", "d", "--problem", "mlp2x32", "--tasks", "9", "--steps"],
      ["lopt", "evaluate", "--snapshot", "s", "--dataset", "d", "--plan", "p", "--search"],
      ["lopt", "figure", "1", "--output", "f", "--dataset", "d", "--problem", "mlp2x32", "--snapshot", "s", "--steps"],
      ["lopt", "figure", "4", "--output", "f", "--threads"], ["lopt", "bench", "--seconds"],
      ["lopt", "bench", "--batch"], ["lopt", "bench", "--threads"], ["lopt", "fetch", "latest", "--retries"],
      ["dataprep", "tasks", "sample", "d", "--count"], ["dataprep", "show", "d", "--output", "o", "--per-class"],
    ])
  func beyond(command: [String]) throws {
    for number in ["9223372036854775807", "-1", "18446744073709551616", "1e300"] {
      // Joined, as `-1` alone would be an option.
      let last = command[command.count - 1]
      let arguments = command.dropFirst().dropLast() + ["\(last)=\(number)"]
      let result = try ToolProcess.run(command[0], Array(arguments))
      #expect(result.exitCode == 64, "\(arguments): \(result.exitCode) \(result.errors)")
      #expect(result.errors.contains(last), "\(arguments): \(result.errors)")
    }
  }
}
