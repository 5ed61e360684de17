public import Files
import Foundation

/// An error about the folder of a dataset: it is not what it should be, or cannot be made.
public typealias ShardsError = CodedError<ShardsErrorCode>

/// The kinds of ``ShardsError``.
public enum ShardsErrorCode: ErrorCode {
  /// The folder or its manifest is not there.
  case notADataset
  /// The manifest cannot be read or contradicts itself.
  case invalidManifest
  /// The manifest's format version is newer than this program's.
  case newerFormat
  /// A shard is not what the manifest says.
  case damagedShard
  /// A shard is there but the system does not let it be read.
  case unreadableShard
  /// The images handed to the writer do not fit the format.
  case invalidImages
  /// The folder to be written exists.
  case outputExists
  /// Another build was stopped in the folder to be written, or files of somebody else are there.
  case otherBuild
  /// The folder to be written cannot be made.
  case cannotCreate
  /// Another process writes the same folder.
  case busy
  /// The disk is full.
  case noSpace
  /// The classes cannot be split as was asked.
  case invalidSplit
  /// A task needs more classes than the split has.
  case tooFewClasses
  /// LMDB failed in another way.
  case database

  /// The code with which a tool exits that this error ends.
  public var exitCode: ExitCode {
    switch self {
    case .notADataset, .unreadableShard: .noInput
    case .invalidManifest, .newerFormat, .damagedShard, .invalidImages: .data
    case .outputExists, .otherBuild, .cannotCreate: .cannotCreate
    case .busy: .temporary
    case .noSpace, .database: .inputOutput
    case .invalidSplit, .tooFewClasses: .usage
    }
  }
}

extension CodedError<ShardsErrorCode> {
  /// Makes the error for a shard that the system does not let be read. One that is not there is not what the manifest says.
  init(unreadable path: String, _ error: FileError) {
    if error.isAbsence {
      self.init(.damagedShard, path, "cannot be read: \(error.reason): build the dataset again")
    } else {
      self.init(.unreadableShard, path, "cannot be read: \(error.reason)")
    }
  }
}
