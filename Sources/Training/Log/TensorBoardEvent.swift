import Foundation

/// One event of TensorBoard's files (its `event.proto` and `summary.proto`).
struct TensorBoardEvent {
  /// The kinds of event that are written.
  enum Content {
    /// Begins a file, and gives the version of its format.
    case fileVersion
    /// Tells that a process starts or goes on: a reader forgets what it has of this step and later ones.
    case start
    /// Gives a number for each tag.
    case scalars([(tag: String, value: Double)])
  }

  /// The version from which on readers look at ``Content/start`` instead of guessing from steps that fall.
  private static let version = "brain.Event:2"

  var time: Date
  var step: Int
  var content: Content

  /// The event as a message of Protocol Buffers.
  var message: ProtobufMessage {
    var event = ProtobufMessage()
    event.add(1, time.timeIntervalSince1970)
    event.add(2, step)
    switch content {
    case .fileVersion:
      event.add(3, Self.version)
    case .start:
      var session = ProtobufMessage()
      session.add(1, 1)  // SessionLog.START
      event.add(7, session)
    case .scalars(let values):
      var summary = ProtobufMessage()
      for (tag, value) in values {
        var entry = ProtobufMessage()
        entry.add(1, tag)
        entry.add(2, Float(value))
        summary.add(1, entry)
      }
      event.add(5, summary)
    }
    return event
  }
}
