import ArgumentParser
import Experiments

/// The command `lopt figure 15`: the courses of the runs of figure 7.
struct Figure15Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "15",
    abstract: "The courses of figure 7's runs: medians, quartiles and each run.",
    discussion: """
      It shows the runs of figure 7, which it finds in the output folder's points/, and trains those that are missing.

      Example:
        lopt figure 15 --output figures --dataset imagenet16 --problem conv3x8@16
      """)

  @OptionGroup var ablation: AblationOptions

  func run() throws { try ablation.run(.courses) }
}
