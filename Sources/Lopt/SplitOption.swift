import ArgumentParser
import Shards

/// The option that names the split of the classes on which optimizers are compared.
struct SplitOption: ParsableArguments {
  @Option(
    help: "train, outer-validation or held-out; unless given held-out where there is any, else train.",
    completion: .list(ClassSplit.allCases.map(\.rawValue)))
  var split: String?

  func validate() throws {
    guard split.map({ ClassSplit(rawValue: $0) != nil }) ?? true else {
      throw ValidationError("--split must be train, outer-validation or held-out")
    }
  }

  /// The split that was asked for; nil where none was.
  var chosen: ClassSplit? { split.flatMap { ClassSplit(rawValue: $0) } }

  func of(_ dataset: Dataset) -> ClassSplit { Self.of(dataset, chosen: chosen) }

  /// Returns the split that was asked for, else the held-out classes where the data set has any.
  static func of(_ dataset: Dataset, chosen: ClassSplit?) -> ClassSplit {
    let hasHeldOut = dataset.manifest.classes.contains { $0.split == .heldOut }
    return chosen ?? (hasHeldOut ? .heldOut : .train)
  }
}
