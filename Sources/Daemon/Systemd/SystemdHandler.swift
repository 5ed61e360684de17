import Commands
import Files
import Foundation
import Logging

/// A log handler that writes to systemd's journal, with priorities and fields (systemd.journal-fields(7)).
struct SystemdHandler: LogHandler {
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]
  private let socket: UnixSocket

  /// Connects to the journal; nil where standard error does not go there, as the variable `JOURNAL_STREAM` tells.
  init?(environment: [String: String] = ProcessInfo.processInfo.environment) {
    guard let stream = environment["JOURNAL_STREAM"],
      let identity = try? FileStatus(STDERR_FILENO, path: "standard error").identity,
      stream == "\(identity.device):\(identity.inode)",
      let socket = UnixSocket(path: "/run/systemd/journal/socket", type: SOCK_DGRAM)
    else { return nil }
    self.socket = socket
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let line = (
      level: event.level, message: "\(event.message)".printableLine,
      metadata: metadata.merging(event.metadata ?? [:]) { $1 }
    )
    LostLines.write(line, notice: { (.warning, $0, [:]) }) { line in
      switch socket.send(Self.entry(level: line.level, message: line.message, metadata: line.metadata)) {
      case .sent: true
      case .full: false
      // A message that is too long for a datagram still is for standard error.
      case .refused: StandardError.write("<\(Self.priority(line.level))>\(line.message)\n")
      }
    }
  }

  /// Returns an entry in the journal's native protocol.
  static func entry(level: Logger.Level, message: String, metadata: Logger.Metadata) -> Data {
    var entry = field("PRIORITY", String(priority(level))) + field("SYSLOG_IDENTIFIER", "lopt-daemon")
    entry += field("MESSAGE", message)
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      let name = key.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
      entry += field("LOPT_" + String(name), "\(value)")
    }
    return entry
  }

  /// Returns a field: `NAME=value` and a newline, or, where the value has a newline, its length in binary before it.
  private static func field(_ name: String, _ value: String) -> Data {
    guard value.contains("\n") else { return Data("\(name)=\(value)\n".utf8) }
    let bytes = Data(value.utf8)
    let length = withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Data($0) }
    return Data("\(name)\n".utf8) + length + bytes + Data("\n".utf8)
  }

  /// Returns the priority of a level, by syslog(3).
  private static func priority(_ level: Logger.Level) -> Int {
    switch level {
    case .critical: 2
    case .error: 3
    case .warning: 4
    case .notice: 5
    case .info: 6
    case .debug, .trace: 7
    }
  }
}
