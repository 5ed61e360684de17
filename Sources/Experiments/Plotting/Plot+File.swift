import Files
package import Foundation

/// Drawing of a plot by gnuplot, a process of its own.
extension Plot {
  /// Checks that gnuplot is installed, before a command computes for minutes.
  /// - Throws: ``ExperimentsError`` where it is not.
  package static func requireGnuplot() throws { _ = try gnuplot() }

  /// Returns the first executable `gnuplot` on the PATH.
  private static func gnuplot() throws -> URL {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let found = folders.map { URL(filePath: String($0)).appending(path: "gnuplot") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    guard let found else {
      throw ExperimentsError(.noGnuplot, "gnuplot, which draws the plots, is not on the PATH: apt install gnuplot-nox")
    }
    return found
  }

  /// Draws the plot as a file, which is there whole or not at all; the same plot gives the same bytes.
  ///
  /// An SVG file has the title and the caption as its title and description, which programs read aloud.
  /// - Throws: ``ExperimentsError`` where gnuplot is missing or fails, `FileError` where the disk does.
  package func write(_ form: Form, to url: URL) throws {
    let gnuplot = try Self.gnuplot()
    let drawing = AtomicFile.temporary(for: url)
    let script = AtomicFile.temporary(for: url)
    defer { for file in [drawing, script] { try? SystemCall.removeFile(file.path) } }
    try AtomicFile.write(Data(self.script(writing: drawing.path, as: form).utf8), to: script)
    try run(gnuplot, script: script, url)
    // gnuplot leaves with 0 from a full disk too.
    guard let whole = try? FileReading.data(drawing, atMost: FileReading.mostOfTensors),
      whole.suffix(16).range(of: Data((form == .svg ? "</svg>" : "%%EOF").utf8)) != nil
    else {
      throw ExperimentsError(.plotFailed, "\(url.path): \(gnuplot.path) wrote no whole drawing; is the disk full?")
    }
    try AtomicFile.write(form == .svg ? described(whole) : Self.timeless(whole), to: url)
  }

  /// Returns an SVG file with the plot's title and caption in the place of those that gnuplot writes, and with a bold
  /// font as the format has it.
  private func described(_ drawing: Data) -> Data {
    var text = String(decoding: drawing, as: UTF8.self)
      .replacing("font-family=\"\(Self.bold)\"", with: "font-family=\"\(Self.font)\" font-weight=\"bold\"")
    for (element, content) in [("title", title), ("desc", caption)] {
      guard let from = text.range(of: "<\(element)>"),
        let to = text.range(of: "</\(element)>", range: from.upperBound..<text.endIndex)
      else { continue }
      let escaped = content.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      text.replaceSubrange(from.upperBound..<to.lowerBound, with: escaped)
    }
    return Data(text.utf8)
  }

  /// Returns a PDF file with another time of its making, which is the same for all.
  private static func timeless(_ drawing: Data) -> Data {
    var drawing = drawing
    guard let mark = drawing.range(of: Data("/CreationDate (D:".utf8)) else { return drawing }
    let time = "20000101000000"
    drawing.replaceSubrange(mark.upperBound..<mark.upperBound + time.utf8.count, with: Data(time.utf8))
    return drawing
  }

  /// Runs gnuplot with the script as its standard input. That is a file, which cannot block as a pipe can.
  private func run(_ gnuplot: URL, script: URL, _ url: URL) throws {
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
}
