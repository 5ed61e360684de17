import Synchronization

/// The lines of a log that nobody reads: they are dropped and counted, so that whoever logs goes on with its work, and
/// the log says how many were lost as soon as somebody reads it again.
///
/// A pipe's or a socket's own buffer is what bridges a short pause of its reader.
package enum LostLines {
  private static let count = Mutex(0)

  /// Writes a line, before it what was lost; counts it where the log takes no more.
  ///
  /// - Parameters:
  ///   - line: the line, in the form that the log takes.
  ///   - notice: makes a line of a sentence.
  ///   - write: writes a line without waiting; false where the log takes no more now.
  package static func write<Line>(_ line: Line, notice: (_ sentence: String) -> Line, by write: (Line) -> Bool) {
    count.withLock { lost in
      if lost > 0 {
        let lines = lost == 1 ? "1 line" : "\(lost) lines"
        guard write(notice("\(lines) of the log were lost here, as nobody read it")) else {
          lost += 1
          return
        }
        lost = 0
      }
      if !write(line) { lost += 1 }
    }
  }
}
