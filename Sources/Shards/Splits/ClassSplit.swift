/// The three groups of a dataset's classes, by which part of the work may see them.
public enum ClassSplit: String, Codable, CaseIterable, Sendable {
  /// Classes of the tasks of outer-training.
  case train
  /// Classes of the tasks on which settings of outer-training and snapshots are chosen.
  case outerValidation = "outer-validation"
  /// Classes of the tasks on which results are reported; nothing saw them before.
  case heldOut = "held-out"
}

extension ClassSplit {
  /// What an evaluation on tasks of the split is called, for messages: one on classes to train on may flatter.
  package var tasks: String { self == .train ? "new tasks of classes to train on" : rawValue }
}
