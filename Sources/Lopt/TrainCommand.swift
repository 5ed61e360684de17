import ArgumentParser
import Dispatch
import Foundation
import Logging
import Support
import Training

/// `lopt train`: outer-training in the foreground.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Outer-train in the foreground, as lopt-daemon does, without HTTP.",
    discussion: """
      Ctrl-C or SIGTERM writes the state and leaves; the next run goes on from there.

      Example:
        lopt train --config lopt.json --outer-iterations 100
      """)

  @OptionGroup(title: "Configuration") var flags: ConfigurationFlags

  func run() throws {
    let configuration = try flags.load()
    let logger = Logger(label: "lopt") { _ in LineLog() }
    let progress = configuration.outerIterations.map { Progress("outer-training", unit: "outer-iterations", total: $0) }
    let training = try TrainingRun(configuration: configuration, log: logger) { _, status in
      progress?.advance(note: status.outerLoss.map { String(format: "outer-loss %.4f", $0) } ?? "")
    }
    progress?.resume(at: training.status.outerIteration)
    // Signals are taken by dispatch, on threads of its own, while this one trains.
    let signals = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { training.stop() }
      source.activate()
      return source
    }
    try withExtendedLifetime(signals) { try training.run() }
    progress?.finish()
  }
}
