package import Logging

extension Logger {
  /// A logger that says nothing, for what is tested by other means than its log.
  package static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
