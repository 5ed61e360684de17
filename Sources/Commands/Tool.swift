package import ArgumentParser
import Files
import Foundation

extension AsyncParsableCommand {
  /// Runs the command line of a tool, and exits.
  ///
  /// A `ReportedError` becomes one line on standard error and its exit code. Any other error is left to the argument
  /// parser, which exits with 64 for a wrong command line.
  /// - Parameter name: the tool's name, which begins the line.
  package static func runTool(named name: String) async {
    SystemCall.ignoreSignal(SIGPIPE)
    StandardError.reserve()
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as any ReportedError {
      StandardError.write("\(name): \(error)\n")
      Foundation.exit(error.exitCode.rawValue)
    } catch {
      exit(withError: error)
    }
  }
}
