package import ArgumentParser
import Files
import Foundation

extension AsyncParsableCommand {
  /// Runs the command line: a ``ReportedError`` is one line on standard error and its exit code, any other error is
  /// left to the argument parser (64 for a wrong command line).
  package static func runTool(named name: String) async {
    signal(SIGPIPE, SIG_IGN)
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
