import ArgumentParser
import Files
import Shards

/// The options that say which classes and images are not trained on.
struct SplitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The share of each class, at its tail, for validation; 0.1, if left out. The sources mnist, cifar10, cifar100, \
      and imagenet32 with its val_data.npz, have validation images of their own.
      """,
      valueName: "share"))
  var validation: Double?

  @Option(help: ArgumentHelp("Classes of the split held-out; 30 % of them, if left out.", valueName: "number"))
  var heldOut: Int?

  @Option(
    help: ArgumentHelp("The ids of the classes of the split held-out, one a line.", valueName: "file"),
    completion: .file())
  var heldOutList: String?

  @Option(
    help: ArgumentHelp(
      "Classes of the split outer-validation; a tenth of those that are not held out, at least 16, if left out.",
      valueName: "number"))
  var outerValidation: Int?

  @Option(help: ArgumentHelp("Which classes are chosen.", valueName: "seed"))
  var splitSeed: UInt64 = 0

  func validate() throws {
    if let validation, !(0..<1).contains(validation) {
      throw ValidationError("--validation is a share of each class, 0 to less than 1")
    }
    guard heldOut == nil || heldOutList == nil else {
      throw ValidationError("--held-out and --held-out-list exclude each other")
    }
    guard (heldOut ?? 0) >= 0, (outerValidation ?? 0) >= 0 else {
      throw ValidationError("--held-out and --outer-validation are at least 0")
    }
  }

  /// Reads the file of `--held-out-list`, once, as it may be a pipe; nil where the option was left out.
  func list() throws -> IDList? { try heldOutList.map { try IDList($0) } }

  /// Returns the rule by which classes are chosen.
  func splitting(_ list: IDList?) -> ClassSplitting {
    let heldOut: ClassSplitting.HeldOut =
      if let list { .ids(list.ids, list: list.path) } else { self.heldOut.map { .number($0) } ?? .share }
    return ClassSplitting(heldOut: heldOut, outerValidation: outerValidation, seed: splitSeed)
  }

  /// Returns the share of each class that is for validation.
  /// - Throws: ``DataPrepError`` where `--validation` was given to a source that says itself which images are.
  func validationShare(of source: any ImageSource) throws -> Double {
    guard validation == nil || source.classes?.contains(where: { $0.validation != nil }) != true else {
      throw DataPrepError(
        .usage, source.name, "has validation images of its own: leave out --validation")
    }
    return validation ?? 0.1
  }

  /// Returns the options that decide the split of each class, by name.
  func arguments(_ list: IDList?) -> [String: String] {
    [
      "--held-out": heldOut.map { "\($0)" } ?? "30 %",
      "--held-out-list": InputIdentity.ofContent(list?.sha256),
      "--outer-validation": outerValidation.map { "\($0)" } ?? "a tenth", "--split-seed": "\(splitSeed)",
    ]
  }
}
