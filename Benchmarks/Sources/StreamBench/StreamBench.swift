import ArgumentParser
import Foundation

@main
struct StreamBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stream-bench", abstract: "Measures how fast tasks of a dataset are streamed to a trainer.",
    subcommands: [Generate.self, Rate.self, Tasks.self])

  /// Images of a batch, as in training.
  static let batch = 128

  /// Prints a result as one line of JSON.
  static func print(_ result: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    Swift.print(String(decoding: try encoder.encode(result), as: UTF8.self))
  }

  /// The seconds that `body` takes.
  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    try ContinuousClock().measure(body) / .seconds(1)
  }
}
