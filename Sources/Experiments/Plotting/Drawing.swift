import Files
package import Foundation

/// A drawing that gnuplot, a process of its own, makes of a script.
package protocol Drawing {
  /// The title, for those who cannot see the drawing: an SVG file has it as text that is not drawn.
  var title: String { get }
  /// The description, for the same readers.
  var caption: String { get }
  /// Returns the script that makes gnuplot write the drawing to a file.
  func script(writing path: String, as form: DrawingForm) -> String
}

/// The forms of a drawing's file.
package enum DrawingForm: String, CaseIterable, Sendable {
  case svg, pdf
}

extension Drawing {
  /// Makes the file, which is there whole or not at all; the same drawing gives the same bytes.
  ///
  /// An SVG file has the title and the caption as its title and description, which programs read aloud.
  /// - Throws: ``ExperimentsError`` where gnuplot is missing or fails, `FileError` where the disk does.
  package func write(_ form: DrawingForm, to url: URL) throws {
    let gnuplot = try Gnuplot.executable()
    let drawing = AtomicFile.temporary(for: url)
    let script = AtomicFile.temporary(for: url)
    defer { for file in [drawing, script] { try? SystemCall.removeFile(file.path) } }
    try AtomicFile.write(Data(self.script(writing: drawing.path, as: form).utf8), to: script)
    try Gnuplot.run(gnuplot, script: script, url)
    // gnuplot leaves with 0 from a full disk too.
    guard let whole = try? FileReading.data(drawing, atMost: FileReading.mostOfTensors),
      whole.suffix(16).range(of: Data((form == .svg ? "</svg>" : "%%EOF").utf8)) != nil
    else {
      throw ExperimentsError(.plotFailed, "\(url.path): \(gnuplot.path) wrote no whole drawing; is the disk full?")
    }
    try AtomicFile.write(form == .svg ? described(whole) : timeless(whole), to: url)
  }

  /// Returns an SVG file with the title and the caption in the place of those that gnuplot writes, and with a bold
  /// font as the format has it.
  private func described(_ drawing: Data) -> Data {
    var text = String(decoding: drawing, as: UTF8.self)
      .replacing("font-family=\"\(Font.bold)\"", with: "font-family=\"\(Font.family)\" font-weight=\"bold\"")
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
  private func timeless(_ drawing: Data) -> Data {
    var drawing = drawing
    guard let mark = drawing.range(of: Data("/CreationDate (D:".utf8)) else { return drawing }
    let time = "20000101000000"
    drawing.replaceSubrange(mark.upperBound..<mark.upperBound + time.utf8.count, with: Data(time.utf8))
    return drawing
  }
}
