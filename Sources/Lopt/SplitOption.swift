import ArgumentParser
import Shards

/// The classes that optimizers are compared on.
struct SplitOption: ParsableArguments {
  @Option(help: "train, outer-validation or held-out; unless given held-out where there is any, else train.")
  var split: String?

  func validate() throws {
    guard split.map({ ClassSplit(rawValue: $0) != nil }) ?? true else {
      throw ValidationError("--split must be train, outer-validation or held-out")
    }
  }

  func of(_ dataset: Dataset) -> ClassSplit {
    let hasHeldOut = dataset.manifest.classes.contains { $0.split == .heldOut }
    return split.flatMap { ClassSplit(rawValue: $0) } ?? (hasHeldOut ? .heldOut : .train)
  }
}
