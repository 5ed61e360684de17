import ArgumentParser
import Experiments

/// The command `lopt figure 7`: what estimators, truncations and inputs come to.
struct Figure7Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "7",
    abstract: "Outer-losses late in outer-training, by estimator, truncation and inputs.",
    discussion: """
      Trains with the combined estimator, the curriculum and all inputs, and in eleven other ways, each but for one thing \
      the same, five runs of each; and looks at θ along the way on outer-validation classes. Figure 15 shows the courses \
      of the same runs, and finds them in the output folder's points/.

      Example:
        lopt figure 7 --output figures --dataset imagenet16 --problem conv3x8@16
      """)

  @OptionGroup var ablation: AblationOptions

  func run() throws { try ablation.run(.distributions) }
}
