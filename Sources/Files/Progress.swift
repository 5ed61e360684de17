public import Foundation

/// A line on standard error that shows how far a piece of work is, at what rate, and how long it will take.
///
/// It is silent where standard error is not a terminal. It may be called from any thread.
public final class Progress: @unchecked Sendable {
  private let label: String
  private let unit: String
  private var total: Int?
  private let enabled: Bool
  private let started = ContinuousClock.now
  private var last = ContinuousClock.now
  private var base = 0
  private var done = 0
  private var isDrawn = false
  private let lock = NSLock()

  /// Makes a line, which is drawn with the first ``advance(by:note:)``.
  ///
  /// - Parameters:
  ///   - label: names the work, for example "shards".
  ///   - unit: names what is counted, for example "images".
  ///   - total: how many there are in all; nil where only the end tells.
  ///   - enabled: whether the line is drawn.
  public init(_ label: String, unit: String, total: Int?, enabled: Bool = isatty(STDERR_FILENO) == 1) {
    self.label = label
    self.unit = unit
    self.total = total
    self.enabled = enabled
  }

  /// Sets the count to that of an earlier, interrupted run, which does not count in the rate.
  public func resume(at count: Int) {
    lock.withLock {
      base = count
      done = count
    }
  }

  /// Counts work that an earlier, interrupted run turns out to have done; it does not count in the rate.
  public func skip(_ count: Int = 1) {
    lock.withLock {
      base += count
      done += count
    }
  }

  /// Adds to the total work that turned out to be needed too.
  public func expect(_ more: Int) {
    lock.withLock { total = total.map { $0 + more } }
  }

  /// Counts `count` more and draws the line, at most ten times a second.
  /// - Parameter note: is shown at the end of the line.
  public func advance(by count: Int = 1, note: @autoclosure () -> String = "") {
    lock.withLock {
      done += count
      let now = ContinuousClock.now
      guard enabled, now - last > .milliseconds(100) || done == total else { return }
      last = now
      isDrawn = true
      let note = note()
      StandardError.write("\r\u{1B}[K" + line(after: now - started) + (note.isEmpty ? "" : "  " + note))
    }
  }

  /// Ends the line, where one is drawn, so that what is written next begins a line of its own. It may be called again.
  public func finish() {
    lock.withLock {
      if isDrawn { StandardError.write("\n") }
      isDrawn = false
    }
  }

  /// Returns the line as it stands after `elapsed`.
  package func line(after elapsed: Duration) -> String {
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    let rate = Double(done - base) / max(seconds, 1e-3)
    let counted = "\(unit)  \(Self.short(rate))/s"
    guard let total else { return "\(label) \(done) \(counted)" }
    let fraction = total > 0 ? min(Double(done) / Double(total), 1) : 1
    let filled = Int(fraction * 20)
    let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: 20 - filled)
    let left = rate > 0 ? Self.clock(Double(max(total - done, 0)) / rate) : "–"
    return "\(label) \(bar) \(done)/\(total) \(counted)  ETA \(left)"
  }

  private static func short(_ rate: Double) -> String {
    rate >= 100 ? String(Int(rate)) : String(format: "%.1f", rate)
  }

  static func clock(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    let hours = whole / 3600
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, whole / 60 % 60, whole % 60)
      : String(format: "%d:%02d", whole / 60, whole % 60)
  }
}
