package import Foundation

/// What a process that has ended left.
package struct ProcessResult: Sendable {
  /// The exit code, or minus the number of the signal that ended it.
  package let exitCode: Int32
  /// Standard output.
  package let output: String
  /// Standard error.
  package let errors: String
}

/// A process that a test started: one of the package's tools, or any other program.
///
/// Standard output and error go to files, so that no pipe fills up. The tool finds no `LOPT_…` variable but those given
/// here, and cache and state folders of its own. A process that still runs when this is released is killed.
package final class ToolProcess: Sendable {
  private let process: Process
  private let folder: URL
  private let name: String

  /// Starts a tool of the package, for example "dataprep", which lies beside the tests' own executable.
  package convenience init(
    _ tool: String, _ arguments: [String], environment: [String: String] = [:], input: FileHandle = .nullDevice
  ) throws {
    let executable = Repository.tools.appending(path: tool)
    try self.init(executable: executable, arguments, environment: environment, input: input)
  }

  /// Starts a tool of the package with standard streams that a shell redirects, for example by "2>&-".
  package convenience init(_ tool: String, _ arguments: [String], redirection: String) throws {
    let executable = Repository.tools.appending(path: tool).path
    try self.init(
      executable: URL(filePath: "/bin/sh"), ["-c", "exec \"$@\" \(redirection)", tool, executable] + arguments,
      name: tool)
  }

  /// Starts a program.
  package init(
    executable: URL, _ arguments: [String], environment: [String: String] = [:], input: FileHandle = .nullDevice,
    name: String? = nil
  ) throws {
    self.name = name ?? executable.lastPathComponent
    folder = try makeTemporaryFolder()
    var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LOPT_") }
    variables["XDG_CACHE_HOME"] = folder.appending(path: "cache").path
    variables["XDG_STATE_HOME"] = folder.appending(path: "state").path
    process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = variables.merging(environment) { $1 }
    process.standardInput = input
    process.standardOutput = try Self.file(folder.appending(path: "output"))
    process.standardError = try Self.file(folder.appending(path: "errors"))
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    try? FileManager.default.removeItem(at: folder)
  }

  private static func file(_ url: URL) throws -> FileHandle {
    try Data().write(to: url)
    return try FileHandle(forWritingTo: url)
  }

  /// The number of the process.
  package var identifier: Int32 { process.processIdentifier }
  /// Whether it has not ended yet.
  package var isRunning: Bool { process.isRunning }
  /// Standard output so far.
  package var output: String { text("output") }
  /// Standard error so far.
  package var errors: String { text("errors") }

  private func text(_ file: String) -> String {
    String(decoding: (try? Data(contentsOf: folder.appending(path: file))) ?? Data(), as: UTF8.self)
  }

  /// Sends a signal, for example `SIGTERM`.
  package func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits until `condition` holds; after `seconds`, or when the process has ended without it, throws what the process
  /// has printed.
  package func wait(seconds: Double = 60, until condition: (ToolProcess) throws -> Bool) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while try !condition(self) {
      guard isRunning, ContinuousClock.now < end else {
        if try condition(self) { return }
        let state = isRunning ? "still waited for after \(seconds) s" : "ended"
        throw ToolProcessError(description: "\(name): \(state)\n\(output)\n\(errors)")
      }
      usleep(5_000)
    }
  }

  /// Waits for the end; a process that still runs after `seconds` is killed and an error thrown.
  package func wait(seconds: Double = 120) throws -> ProcessResult {
    do {
      try wait(seconds: seconds) { !$0.isRunning }
    } catch {
      send(SIGKILL)
      throw error
    }
    let status = process.terminationStatus
    let code = process.terminationReason == .uncaughtSignal ? -status : status
    return ProcessResult(exitCode: code, output: output, errors: errors)
  }

  /// Runs a tool of the package to its end.
  package static func run(
    _ tool: String, _ arguments: [String], environment: [String: String] = [:], input: FileHandle = .nullDevice,
    seconds: Double = 120
  ) throws -> ProcessResult {
    try ToolProcess(tool, arguments, environment: environment, input: input).wait(seconds: seconds)
  }
}

/// A process that did not do what the test waited for.
package struct ToolProcessError: Error, CustomStringConvertible {
  package let description: String
}
