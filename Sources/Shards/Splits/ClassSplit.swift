/// Which part of outer-training may see a class.
public enum ClassSplit: String, Codable, CaseIterable, Sendable {
  /// Tasks of outer-training.
  case train
  /// Tasks on which settings of outer-training are chosen.
  case outerValidation = "outer-validation"
  /// Tasks on which the result is reported, never seen before.
  case heldOut = "held-out"
}
