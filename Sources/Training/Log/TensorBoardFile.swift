import Files
import Foundation

/// A process's own file of events in the folder `tensorboard` of a run's state.
///
/// TensorBoard reads a folder's files in the order of their names. So each start of the process makes a file whose name
/// comes after all others. Its first events say from which step on it replaces them.
final class TensorBoardFile: Sendable {
  private static let prefix = "events.out.tfevents."
  /// The last second that a name has room for. A name with a later one is not ours.
  private static let lastSecond = 9_999_999_999

  private let path: String
  private let descriptor: Int32

  /// Makes a new file, and cuts a record that the last one was left with.
  /// - Parameter step: the step from which on earlier files are void.
  /// - Throws: `FileError` where that fails.
  init(in folder: URL, from step: Int, at time: Date = Date()) throws {
    try SystemCall.makeFolder(folder.path)
    let last = try SystemCall.names(in: folder.path)
      .filter { $0.hasPrefix(Self.prefix) && Self.number(in: $0, at: 3, most: Self.lastSecond) != nil }.max()
    if let last { try Self.repair(folder.appending(path: last)) }
    path = folder.appending(path: Self.name(after: last, at: time)).path
    descriptor = try SystemCall.open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND)
    try append(TensorBoardEvent(time: time, step: 0, content: .fileVersion))
    try append(TensorBoardEvent(time: time, step: step, content: .start))
  }

  deinit { SystemCall.close(descriptor) }

  /// Returns the name `events.out.tfevents.SECONDS.NUMBER.lopt` for a file that comes after `last`.
  ///
  /// SECONDS is the second of the start, and never below the last one's even if the clock is. NUMBER is that of the
  /// start.
  static func name(after last: String?, at time: Date) -> String {
    let seconds = last.flatMap { Self.number(in: $0, at: 3, most: lastSecond) } ?? 0
    let number = last.flatMap { Self.number(in: $0, at: 4, most: 999_999) } ?? 0
    // After the last number of a second comes the next second.
    let isFull = number == 999_999
    return prefix
      + String(
        format: "%010ld.%06ld.lopt", max(Int(time.timeIntervalSince1970), isFull ? seconds + 1 : seconds),
        isFull ? 1 : number + 1)
  }

  /// Returns the number that a part of a name is, where it is one from 0 to `most`.
  private static func number(in name: String, at index: Int, most: Int) -> Int? {
    let parts = name.split(separator: ".")
    guard parts.indices.contains(index), let number = Int(parts[index]), (0...most).contains(number) else { return nil }
    return number
  }

  /// Cuts a record that was being written, for which some readers give up a whole file.
  private static func repair(_ file: URL) throws {
    let data = try FileReading.mapped(file)
    let length = TFRecord.soundLength(of: data)
    guard length < data.count else { return }
    let descriptor = try SystemCall.open(file.path, O_WRONLY)
    defer { SystemCall.close(descriptor) }
    try SystemCall.truncate(descriptor, to: length, path: file.path)
  }

  /// Adds an event. Where that throws, nothing is added.
  func append(_ event: TensorBoardEvent) throws {
    try SystemCall.append(descriptor, TFRecord.encoded(event.message.bytes), path: path)
  }
}
