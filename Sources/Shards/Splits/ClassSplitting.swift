import Files
import Randomness

/// A rule that chooses which classes of a dataset are never trained on.
///
/// A split that would have fewer than ten classes, or leave fewer than ten to train on, stays empty: a task has ten.
public struct ClassSplitting: Sendable {
  /// The number of classes that a split needs, and that must be left to train on.
  static let fewest = 10

  /// The ways to say which classes are held out.
  public enum HeldOut: Sendable, Equatable {
    /// 30 % of the classes, drawn at random.
    case share
    /// This number of classes, drawn at random.
    case number(Int)
    /// The classes of these ids; `list` is what an error calls them, for example their file.
    case ids([String], list: String = "held-out list")
  }

  /// The classes of the split `held-out`.
  public var heldOut: HeldOut
  /// The number of classes of the split `outer-validation`; nil for a tenth of those that are not held out, but at
  /// least 16.
  public var outerValidation: Int?
  /// The seed of the random choice.
  public var seed: UInt64

  /// Makes a rule; the defaults are those of `dataprep build shards`.
  public init(heldOut: HeldOut = .share, outerValidation: Int? = nil, seed: UInt64 = 0) {
    self.heldOut = heldOut
    self.outerValidation = outerValidation
    self.seed = seed
  }

  /// Returns the split of each class, in the order of `ids`, and a sentence for each split that stays empty.
  ///
  /// The choice is a pure function of the ids as a set and of the settings: their order does not matter.
  /// - Throws: ``ShardsError`` where a listed id is not one of the classes, or too few are listed or left.
  public func splits(of ids: [String]) throws -> (splits: [ClassSplit], notes: [String]) {
    var notes: [String] = []
    var splits: [String: ClassSplit] = [:]
    var rest = ids.sorted()
    var random = RandomStream(seed: seed, purpose: .classSplit)
    func choose(_ count: Int, _ split: ClassSplit) {
      let enough = count >= Self.fewest && rest.count - count >= Self.fewest
      guard enough else {
        if count > 0 { notes.append(note(count, of: rest.count, split)) }
        return
      }
      let chosen = Set(random.sample(count, below: rest.count).map { rest[$0] })
      for id in chosen { splits[id] = split }
      rest.removeAll(where: chosen.contains)
    }
    switch heldOut {
    case .share: choose((3 * ids.count + 5) / 10, .heldOut)  // 30 %, rounded half up
    case .number(let count): choose(count, .heldOut)
    case .ids(let listed, let list):
      try check(listed, of: list, among: ids)
      for id in listed { splits[id] = .heldOut }
      rest.removeAll { splits[$0] != nil }
    }
    choose(outerValidation ?? max((rest.count + 5) / 10, 16), .outerValidation)
    return (ids.map { splits[$0] ?? .train }, notes)
  }

  /// Returns the sentence that says why a split stays empty.
  private func note(_ count: Int, of all: Int, _ split: ClassSplit) -> String {
    let fewest = Self.fewest
    let reason =
      if all < 2 * fewest {
        "\(all) classes are too few: a split needs \(fewest), and \(fewest) must be left to train on"
      } else if count < fewest {
        "\(count) are too few: a split needs \(fewest)"
      } else {
        "\(count) of \(all) would leave fewer than \(fewest) to train on"
      }
    return "no classes are held apart for \(split.rawValue): " + reason
  }

  private func check(_ listed: [String], of list: String, among ids: [String]) throws {
    let known = Set(ids)
    if let unknown = listed.first(where: { !known.contains($0) }) {
      throw ShardsError(.invalidSplit, list, "\(unknown) is to be held out, but no class has this id")
    }
    let count = Set(listed).count
    guard count >= Self.fewest, ids.count - count >= Self.fewest else {
      throw ShardsError(
        .invalidSplit, list,
        "\(count) of \(ids.count) classes: a split needs \(Self.fewest), and \(Self.fewest) must be left to train on")
    }
  }
}
