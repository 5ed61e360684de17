import DaemonClient
import Files
import Foundation
import Synchronization

/// Tells on standard error what happens while a snapshot is fetched.
final class FetchReport: Sendable {
  /// The size in bytes below which no progress is shown, as the file is there before anybody could read it.
  private static let large = 4 << 20

  private struct State {
    var progress: Files.Progress?
    var received = 0
    var newest: Int??
  }

  private let state = Mutex(State())

  func show(_ event: FetchEvent) {
    switch event {
    case .refused(let error): line("refused, the one before it is used: \(error)")
    case .retrying(let error, let pause):
      let seconds = Double(pause.components.seconds) + Double(pause.components.attoseconds) * 1e-18
      line("\(error); trying again in \(String(format: "%.1f", seconds)) s")
    case .waiting(let newest): waiting(newest)
    case .received(let bytes, let total): received(bytes, total)
    case .notCached(let error): line("not kept in the cache: \(error); \(Self.advice("XDG_CACHE_HOME"))")
    case .notRemembered(let error):
      line(
        "its step is not remembered, and an older latest would be taken next time: \(error); "
          + Self.advice("XDG_STATE_HOME"))
    }
  }

  private static func advice(_ variable: String) -> String {
    "make room, or set \(variable) to a folder that can be written"
  }

  /// Ends the line of the progress.
  func finish() {
    state.withLock {
      $0.progress?.finish()
      $0.progress = nil
    }
  }

  private func line(_ text: String) {
    finish()
    StandardError.tell("lopt: \(text)")
  }

  /// Tells that a newer snapshot is waited for, once for each step.
  private func waiting(_ newest: Int?) {
    let isNew = state.withLock { state in
      defer { state.newest = .some(newest) }
      return state.newest != .some(newest)
    }
    if isNew { line(newest.map { "the newest is step \($0); waiting" } ?? "no snapshot yet; waiting") }
  }

  private func received(_ bytes: Int, _ total: Int) {
    guard total >= Self.large else { return }
    state.withLock { state in
      if state.progress == nil {
        state.progress = Files.Progress("fetching", unit: "KiB", total: total >> 10, goesOn: true)
        state.progress?.resume(at: bytes >> 10)
        state.received = bytes >> 10
      }
      state.progress?.advance(by: bytes >> 10 - state.received)
      state.received = bytes >> 10
    }
  }
}
