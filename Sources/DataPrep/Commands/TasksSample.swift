public import ArgumentParser
import Commands
import Files
import Foundation
package import Shards

/// The command `dataprep tasks`.
struct Tasks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows which tasks a dataset gives.", subcommands: [TasksSample.self])
}

/// The command `dataprep tasks sample`.
struct TasksSample: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Lists the classes of the tasks that a seed stands for, in the order of their labels.",
    discussion: """
      lopt evaluate trains exactly these tasks for the same seed and split.

      Example:
        dataprep tasks sample mnist14 --split train --classes 10 --count 3 --seed 1
      """)

  @Argument(help: ArgumentHelp("The dataset.", valueName: "folder"), completion: .directory)
  var folder: String

  @Option(help: "The split of the classes.")
  var split = ClassSplit.train

  @Option(help: ArgumentHelp("Classes of a task.", valueName: "number"))
  var classes = 10

  @Option(help: ArgumentHelp("Tasks to list.", valueName: "number"))
  var count = 10

  @Option(help: "The seed.")
  var seed: UInt64 = 0

  @Flag(help: "Print JSON: an array of task and classes.")
  var json = false

  private struct Task: Encodable {
    var task: Int
    var classes: [String]
  }

  func validate() throws {
    guard classes > 0 else { throw ValidationError("--classes is at least 1") }
    guard (1...1_000_000).contains(count) else { throw ValidationError("--count is 1 to 1000000") }
  }

  func run() throws {
    let manifest = try Manifest(in: URL(filePath: folder))
    let tasks = try (0..<count).map { index in
      let task = try manifest.sampleTask(
        split: split, classes: classes, seed: seed, index: index, in: folder)
      return Task(task: index, classes: task.classes.map { manifest.classes[$0].id })
    }
    if json {
      try JSONText.print(tasks)
    } else {
      for task in tasks {
        try StandardOutput.print("\(task.task): \(task.classes.map { $0.printable() }.joined(separator: " "))")
      }
    }
  }
}

extension ClassSplit: ExpressibleByArgument {}
