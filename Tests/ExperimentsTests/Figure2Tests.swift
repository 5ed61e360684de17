import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite struct Figure2Tests {
  @Test("figure 2 is a schematic in both forms and a page with its terms, the same bytes each time")
  func files() throws {
    try withTemporaryFolder { folder in
      func files(_ name: String) throws -> [String: Data] {
        let files = try Figure2(output: folder.appending(path: name)).run()
        return try Dictionary(uniqueKeysWithValues: files.map { ($0.lastPathComponent, try Data(contentsOf: $0)) })
      }
      let files1 = try files("first")
      #expect(Set(files1.keys) == ["figure2.svg", "figure2.pdf", "figure2.md"])
      #expect(try files("second") == files1)
      let drawing = String(decoding: files1["figure2.svg"] ?? Data(), as: UTF8.self)
      for text in ["u₀", "update Δ", "batch b", "θ", "ℓ₁"] { #expect(drawing.contains("<text>\(text)<"), "\(text)") }
      let page = String(decoding: files1["figure2.md"] ?? Data(), as: UTF8.self)
      #expect(page.contains("](figure2.svg)"))
      for term in Figure2.terms { #expect(page.contains("| \(term.joined(separator: " | ")) |")) }
    }
  }
}
