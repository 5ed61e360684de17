/// The names of the parts of a data set, which are no names of classes.
enum SplitName {
  /// Returns whether a name is that of a part, as `train`, `val2017`, `test_set`, `hold-out` or `fold 3`.
  static func isSplit(_ name: some StringProtocol) -> Bool {
    let words = words(name)
    return (words + [words.joined()]).contains { word in
      parts.contains(word)
        || contents.contains { word.hasSuffix($0) && parts.contains(String(word.dropLast($0.count))) }
    }
  }

  /// Returns whether a name is that of the part to train on.
  static func isOfTraining(_ name: some StringProtocol) -> Bool {
    words(name).contains { $0.hasPrefix("train") || $0 == "trn" }
  }

  private static let parts: Set = [
    "train", "training", "trn", "trainval", "val", "valid", "validate", "validation", "vld", "minival", "dev",
    "development", "eval", "evaluation", "test", "testing", "tst", "holdout", "heldout", "unlabeled", "unlabelled",
    "extra", "split", "fold", "subset", "shard",
  ]

  /// The words for what is in a part, as they stand behind its name: `trainset`, `testdata`.
  private static let contents = ["set", "data", "images", "imgs", "split"]

  private static func words(_ name: some StringProtocol) -> [String] {
    name.lowercased().split { !$0.isLetter }.map(String.init)
  }
}
