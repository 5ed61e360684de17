import Files
import Foundation

/// The best snapshot of a run so far, by its evaluation, and the loss that makes it the best.
public struct BestSnapshot: Codable, Sendable, Equatable {
  /// The snapshot's own record.
  public var record: SnapshotRecord
  /// The loss of its evaluation, lower than that of every other snapshot.
  public var evaluationLoss: Double
  /// The SHA-256 of what was evaluated, and how. The losses of different evaluations do not compare.
  public var evaluation: String
  /// The split of the classes that it was evaluated on: `outer-validation`, or `train` where no classes were apart; nil
  /// where whoever wrote it did not say.
  public var evaluationSplit: String?

  /// Makes a best snapshot.
  public init(record: SnapshotRecord, evaluationLoss: Double, evaluation: String, evaluationSplit: String? = nil) {
    self.record = record
    self.evaluationLoss = evaluationLoss
    self.evaluation = evaluation
    self.evaluationSplit = evaluationSplit
  }

  private enum CodingKeys: String, CodingKey {
    case evaluation
    case evaluationLoss = "evaluation_loss"
    case evaluationSplit = "evaluation_split"
  }

  /// Decodes one object that holds the record's keys and `evaluation_loss`, `evaluation` and `evaluation_split`.
  public init(from decoder: any Decoder) throws {
    record = try SnapshotRecord(from: decoder)
    let container = try decoder.container(keyedBy: CodingKeys.self)
    evaluationLoss = try container.decode(Double.self, forKey: .evaluationLoss)
    evaluation = try container.decode(String.self, forKey: .evaluation)
    evaluationSplit = try container.decodeIfPresent(String.self, forKey: .evaluationSplit)
  }

  /// Encodes one object that holds the record's keys and `evaluation_loss`, `evaluation` and `evaluation_split`.
  public func encode(to encoder: any Encoder) throws {
    try record.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(evaluationLoss, forKey: .evaluationLoss)
    try container.encode(evaluation, forKey: .evaluation)
    try container.encodeIfPresent(evaluationSplit, forKey: .evaluationSplit)
  }
}

extension SnapshotStore {
  /// Returns the best snapshot; nil where none was evaluated.
  ///
  /// - Throws: ``SnapshotError`` where its record, or the snapshot that it names, is damaged; `FileError` where it cannot be read.
  public func best() throws -> BestSnapshot? {
    guard let data = try RecordedFiles.dataIfThere(bestFile) else { return nil }
    guard let best = try? JSONDecoder().decode(BestSnapshot.self, from: data),
      SnapshotRecord.isSnapshotName(best.record.name)
    else {
      throw SnapshotError(.damaged, "\(bestFile.path): damaged: it does not name a snapshot")
    }
    guard try open(named: best.record.name).record == best.record else {
      throw SnapshotError(.damaged, "\(bestFile.path): its record of \(best.record.name) is not the snapshot's own")
    }
    return best
  }

  /// Returns the record of the average of θ at the step of the best snapshot, which often is that average itself; nil where
  /// none was evaluated, or the run kept no average then.
  ///
  /// - Throws: ``SnapshotError`` where a file of these is damaged.
  public func averageOfBest() throws -> SnapshotRecord? {
    guard let step = try best()?.record.step else { return nil }
    do { return try open(named: name(.average, step: step)).record } catch let error as SnapshotError
      where error.code == .missing
    {
      return nil
    }
  }

  /// Names a snapshot that was written before as the best one, durably.
  /// - Throws: `FileError` where that cannot be written.
  public func setBest(_ best: BestSnapshot) throws { try AtomicFile.writeJSON(best, to: bestFile) }
}
