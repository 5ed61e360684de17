package import Foundation

/// The other readers of our files: Python with lmdb, safetensors, numpy and pillow.
package enum Python {
  /// Runs a script to its end and returns its standard output; throws its standard error where it fails.
  package static func run(script: URL, arguments: [String] = [], seconds: Double = 120) throws -> String {
    try run(script.lastPathComponent, [script.path] + arguments, seconds)
  }

  /// Runs a program that the test holds as text, in the same way; `sys.argv[1:]` are its arguments.
  package static func run(program: String, arguments: [String] = [], seconds: Double = 120) throws -> String {
    try run("a test's program", ["-c", program] + arguments, seconds)
  }

  /// The interpreter of the environment with these readers; throws where nobody has said which it is.
  package static func interpreter() throws -> URL {
    guard let path = ProcessInfo.processInfo.environment["LOPT_TEST_PYTHON"] else {
      throw ToolProcessError(description: "LOPT_TEST_PYTHON is not set: run the tests with scripts/test, which sets it")
    }
    return URL(filePath: path)
  }

  private static func run(_ name: String, _ arguments: [String], _ seconds: Double) throws -> String {
    let result = try ToolProcess(executable: interpreter(), arguments).wait(seconds: seconds)
    guard result.exitCode == 0 else {
      throw ToolProcessError(description: "\(name): exit \(result.exitCode)\n\(result.errors)")
    }
    return result.output
  }
}
