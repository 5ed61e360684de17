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
      try CommandLineRules.check()
      if let fault = UnknownCommand.fault(in: Array(CommandLine.arguments.dropFirst()), of: Self.self) {
        throw CommandLineRules.Fault(.usage, fault)
      }
      printBashCompletion()
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

  /// Prints the script for bash that `--generate-completion-script bash` asks for, and exits; returns where it is not asked
  /// for. Where the parser's own script has nothing to offer, as behind `--output=`, bash offers names of files.
  private static func printBashCompletion() {
    guard CommandLine.arguments.dropFirst() == ["--generate-completion-script", "bash"] else { return }
    print(completionScript(for: .bash).replacing("complete -o filenames ", with: "complete -o filenames -o default "))
    Foundation.exit(0)
  }
}
