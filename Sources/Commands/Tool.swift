package import ArgumentParser
import CProcess
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
    do {
      try CommandLineRules.check()
      if let fault = UnknownCommand.fault(in: Array(CommandLine.arguments.dropFirst()), of: Self.self) {
        throw CommandLineRules.Fault(.usage, fault)
      }
      try printBashCompletion()
      var command = try parseAsRoot()
      if !(command is any StopsByFlag) { StopSignals.take() }
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      leave(named: name, with: error)
    }
  }

  /// Prints the script for bash that `--generate-completion-script` asks for, with `bash` behind it or where that is the
  /// user's shell, and exits; returns where it is not asked for. Where the parser's own script has nothing to offer, as behind `--output=`, bash offers names of files.
  private static func printBashCompletion() throws {
    let option = "--generate-completion-script"
    let words = Array(CommandLine.arguments.dropFirst())
    let isBash = words == [option] && CompletionShell.autodetected() == .bash
    guard isBash || words == [option, "bash"] || words == ["\(option)=bash"] else { return }
    try StandardOutput.write(
      completionScript(for: .bash).replacing("complete -o filenames ", with: "complete -o filenames -o default ") + "\n"
    )
    Foundation.exit(0)
  }

  /// Returns a message of the argument parser, in which words of the command line, which may be names that a stranger gave to
  /// files, make no lines of their own.
  private static func withPrintableWords(_ message: String) -> String {
    let words = CommandLine.arguments.flatMap { word in
      [word] + word.split(separator: "=", maxSplits: 1).dropFirst().map(String.init)
    }
    return words.filter { $0.contains("\n") }.reduce(message) { $0.replacing($1, with: $1.printableLine) }
  }

  /// Says why the tool ends, and exits.
  private static func leave(named name: String, with error: any Error) -> Never {
    switch error {
    case is ClosedPipe:
      // As a program does that is not asked: quietly, and so that a shell sees why.
      lopt_end_by_signal(SIGPIPE)
    case let error as any ReportedError:
      StandardError.tell("\(name): \(error)")
      Foundation.exit(error.exitCode.rawValue)
    default:
      let code = exitCode(for: error)
      let message = fullMessage(for: error)
      guard code.isSuccess else {
        StandardError.write(withPrintableWords(message).printableLines + "\n", patience: 2)
        Foundation.exit(code.rawValue)
      }
      // Help and the version are printed as any other result is.
      do { try StandardOutput.print(message) } catch { leave(named: name, with: error) }
    }
    Foundation.exit(EXIT_SUCCESS)
  }
}
