import Foundation
import Synchronization

/// What standard error shows of how far a piece of work is, at what rate, and how long it will take: on a terminal a line
/// that is drawn again and again, elsewhere a line every 30 seconds.
///
/// It may be called from any thread, and does not wait for whoever reads it.
public final class Progress: @unchecked Sendable {
  /// How it is shown.
  public enum Display: Sendable {
    /// One line, which is drawn again and again.
    case bar
    /// A line of its own every 30 seconds.
    case lines
    /// Not at all.
    case none

    /// What suits standard error: a bar on a terminal, else lines.
    public static var standard: Display { isatty(STDERR_FILENO) == 1 ? .bar : .lines }
  }

  /// The piece of work whose bar is drawn last, for ``interrupted(patience:)``.
  private static let drawn = Mutex<Weak?>(nil)
  private struct Weak: Sendable { weak var progress: Progress? }
  private let label: String
  private let unit: String
  private var total: Int?
  private let display: Display
  private let goesOn: Bool
  private let started = ContinuousClock.now
  private var last = ContinuousClock.now
  private var base = 0
  private var done = 0
  /// The same three in units of work, of which what is counted may need more or less.
  private var work: (total: Double, base: Double, done: Double)
  private var isDrawn = false
  private let lock = NSLock()

  /// Makes a line, which is drawn with the first ``advance(by:note:)``.
  ///
  /// - Parameters:
  ///   - label: names the work, for example "shards".
  ///   - unit: names what is counted, for example "images".
  ///   - total: how many there are in all; nil where only the end tells.
  ///   - display: how it is shown.
  ///   - goesOn: whether the same command goes on where it was interrupted.
  public init(
    _ label: String, unit: String, total: Int?, display: Display = .standard, goesOn: Bool = false
  ) {
    self.label = label
    self.unit = unit
    self.total = total
    self.display = display
    self.goesOn = goesOn
    work = (Double(total ?? 0), 0, 0)
  }

  /// Sets the count to that of an earlier, interrupted run, which does not count in the rate.
  public func resume(at count: Int) {
    lock.withLock {
      base = count
      done = count
      (work.base, work.done) = (Double(count), Double(count))
    }
  }

  /// Counts work that an earlier, interrupted run turns out to have done; it does not count in the rate.
  /// - Parameter weight: the work of one, as in ``advance(by:weight:note:)``.
  public func skip(_ count: Int = 1, weight: Double = 1) {
    lock.withLock {
      base += count
      done += count
      work.base += Double(count) * weight
      work.done += Double(count) * weight
    }
  }

  /// Adds to the total work that turned out to be needed too.
  /// - Parameter weight: the work of one, as in ``advance(by:weight:note:)``.
  public func expect(_ more: Int, weight: Double = 1) {
    lock.withLock {
      total = total.map { $0 + more }
      work.total += Double(more) * weight
    }
  }

  /// Counts `count` more and shows it: a bar at most ten times a second, a line every 30 seconds.
  /// - Parameters:
  ///   - weight: the work of one, by which share and time are told, in any unit that all calls of this object have: 1
  ///     where each needs about the same.
  ///   - note: is shown at the end of the line.
  public func advance(by count: Int = 1, weight: Double = 1, note: @autoclosure () -> String = "") {
    lock.withLock {
      done += count
      work.done += Double(count) * weight
      let now = ContinuousClock.now
      let interval: Duration = display == .bar ? .milliseconds(100) : .seconds(30)
      guard display != .none, now - last > interval || display == .bar && done == total else { return }
      last = now
      let note = note()
      let text = line(after: now - started) + (note.isEmpty ? "" : "  " + note)
      guard display == .bar else {
        StandardError.write(text + "\n")
        return
      }
      isDrawn = true
      Self.drawn.withLock { $0 = Weak(progress: self) }
      StandardError.write("\r\u{1B}[K" + text)
    }
  }

  /// Ends the line, where one is drawn, so that what is written next begins a line of its own. It may be called again.
  public func finish() {
    lock.withLock {
      if isDrawn { StandardError.write("\n") }
      isDrawn = false
    }
  }

  /// Tells people a sentence, on a line of its own also where a bar is drawn.
  public static func tell(_ sentence: String) {
    endLine()
    StandardError.tell(sentence)
  }

  /// Ends the line of a bar that is drawn, so that what is written next begins a line of its own.
  package static func endLine() { drawn.withLock { $0?.progress }?.finish() }

  /// The command that runs, as a shell takes it again.
  package static var command: String {
    CommandLine.arguments.map { $0.contains { " '\"\\$*?<>|&;()".contains($0) } ? "'\($0)'" : $0 }
      .joined(separator: " ").printableLine
  }

  /// Ends the line of a bar that is drawn, where a signal ends the process, and says whether the same command goes on.
  ///
  /// - Parameter patience: seconds that standard error may take.
  package static func interrupted(patience: Double) {
    guard let progress = drawn.withLock({ $0?.progress }) else { return }
    // Whoever draws at this moment is done at once; the process ends, so nobody draws again.
    progress.lock.lock()
    guard progress.isDrawn else { return }
    StandardError.write(
      progress.goesOn ? "\ninterrupted; it goes on with: \(command)\n" : "\n", patience: patience)
  }

  /// Returns the line as it stands after `elapsed`.
  package func line(after elapsed: Duration) -> String {
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    let rate = Double(done - base) / max(seconds, 1e-3)
    let counted = "\(unit)  \(Self.short(rate))/s"
    guard let total else { return "\(label) \(done) \(counted)" }
    let left = left(after: seconds)
    guard display != .lines else { return "\(label) \(done)/\(total) \(counted)  ETA \(left)" }
    let fraction = work.total > 0 ? min(work.done / work.total, 1) : 1
    let filled = Int(fraction * 20)
    let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: 20 - filled)
    return "\(label) \(bar) \(done)/\(total) \(counted)  ETA \(left)"
  }

  /// Returns the time that is left at the rate of the work until now.
  private func left(after seconds: Double) -> String {
    let rate = (work.done - work.base) / max(seconds, 1e-3)
    guard rate > 0 else { return "–" }
    let left = max(work.total - work.done, 0) / rate
    return left < 1e9 ? Self.clock(left) : "decades"
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
