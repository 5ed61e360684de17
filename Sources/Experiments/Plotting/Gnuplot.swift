import Files
import Foundation

/// The program gnuplot, which draws.
package enum Gnuplot {
  /// Checks that gnuplot is installed, before a command computes for minutes.
  /// - Throws: ``ExperimentsError`` where it is not.
  package static func require() throws { _ = try executable() }

  /// Returns the first executable `gnuplot` on the PATH.
  static func executable() throws -> URL {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let found = folders.map { URL(filePath: String($0)).appending(path: "gnuplot") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    guard let found else {
      throw ExperimentsError(.noGnuplot, "gnuplot, which draws the plots, is not on the PATH: apt install gnuplot-nox")
    }
    return found
  }

  /// Runs gnuplot with the script as its standard input. That is a file, which cannot block as a pipe can.
  static func run(_ gnuplot: URL, script: URL, _ url: URL) throws {
    let process = Process()
    process.executableURL = gnuplot
    process.standardInput = try FileHandle(forReadingFrom: script)
    process.standardOutput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    do { try process.run() } catch {
      throw ExperimentsError(
        .plotFailed, "\(url.path): \(gnuplot.path) cannot be started: \(error.localizedDescription)")
    }
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      let lines = said.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      let reason = lines.last { !$0.isEmpty } ?? "it said nothing"
      throw ExperimentsError(
        .plotFailed, "\(url.path): \(gnuplot.path) failed (\(process.terminationStatus)): \(reason)")
    }
  }

  /// Returns the command that says what is written. A PDF file is as large as the SVG file at 72 pixels an inch.
  /// - Parameters:
  ///   - width: in pixels.
  ///   - height: in pixels.
  static func terminal(_ form: DrawingForm, width: Double, height: Double) -> String {
    let font = "noenhanced font \"\(Font.family),\(Font.size.short)\""
    return switch form {
    case .svg: "set terminal svg size \(width.short),\(height.short) \(font) background rgb \"white\""
    case .pdf: "set terminal pdfcairo size \(width / 72),\(height / 72) \(font) background rgb \"white\""
    }
  }

  /// Returns a string as gnuplot takes it literally.
  static func quoted(_ text: String) -> String {
    "'" + text.replacing("\n", with: " ").replacing("'", with: "''") + "'"
  }
}

/// The font of all text in drawings.
enum Font {
  /// The family, which Debian's gnuplot brings along.
  static let family = "DejaVu Sans"
  /// The same in bold, as gnuplot names it.
  static let bold = family + ":Bold"
  /// The size of most text, in points.
  static let size = 10.0
}
