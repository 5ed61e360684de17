import ArgumentParser
import Commands
import Engine
import Files
import Foundation
import Logging
import Settings
import Threads
import Training

/// The command `lopt train`, which outer-trains in the foreground.
struct TrainCommand: ParsableCommand, StopsByFlag {
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
    let stop = StopFlag()
    try withExtendedLifetime(StopSignals(setting: stop)) {
      do { try train(stop) } catch is CancellationError where stop.isSet {}
    }
  }

  private func train(_ stop: StopFlag) throws {
    let configuration = try flags.load()
    let logger = Logger(label: "lopt") { _ in ConsoleHandler() }
    let progress = Progress("outer-training", unit: "outer-iterations", total: configuration.outerIterations)
    let training = try TrainingRun(
      configuration: configuration, kernels: try .chosen(), console: logger, stop: stop
    ) { _, status in
      progress.advance(note: status.outerLoss.map { "outer-loss \($0.lossText)" } ?? "")
    }
    progress.resume(at: training.status.outerIteration)
    defer { progress.finish() }
    try training.run()
    if stop.isSet { Progress.tell("it goes on with: \(Progress.command)") }
  }
}
