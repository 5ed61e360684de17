import Files
import Synchronization

/// The lines of a log that nobody reads: they are dropped and counted, so that whoever logs goes on with its work, and
/// the log says how many were lost as soon as somebody reads it again.
///
/// A pipe's own buffer is what bridges a short pause of its reader.
package enum LostLines {
  private static let count = Mutex(0)

  /// Writes a line on standard error, before it what was lost; counts it where standard error takes no more.
  ///
  /// - Parameters:
  ///   - line: the line with its newline.
  ///   - notice: makes a line of the log of a sentence.
  package static func write(_ line: String, notice: (_ sentence: String) -> String) {
    count.withLock { lost in
      if lost > 0 {
        let lines = lost == 1 ? "1 line" : "\(lost) lines"
        guard StandardError.write(notice("\(lines) of the log were lost here, as nobody read it")) else {
          lost += 1
          return
        }
        lost = 0
      }
      if !StandardError.write(line) { lost += 1 }
    }
  }
}
