import Foundation
import Shards
import TestSupport
import Testing

@testable import DataPrep

@Suite struct ShowTests {
  private func show(_ dataset: URL, _ options: [String], to output: URL) throws -> ProcessResult {
    try ToolProcess.run("dataprep", ["show", dataset.path, "--output", output.path] + options)
  }

  @Test("a sheet has the classes that were asked for in their order, and images from all over each of them")
  func sheet() throws {
    try withTemporaryFolder { folder in
      let dataset = try ColourDataset(in: folder).folder
      let output = folder.appending(path: "sheet.png")
      let result = try show(dataset, ["--classes", "pears,apples", "--per-class", "5"], to: output)
      #expect(result.exitCode == 0, "\(result.errors)")
      let picture = try PNG.read([UInt8](try Data(contentsOf: output)))
      let opened = try Dataset(at: dataset)
      let sheet = try ContactSheet(of: opened, classes: [1, 0], perClass: 5)
      #expect(result.output == "\(output.path): \(sheet.width)×\(sheet.height) pixels\n")
      #expect((picture.width, picture.height) == (sheet.width, sheet.height))
      // 16 × 16 pixels are drawn as 32 × 32; the last of five images of ten is the ninth.
      let corner = (x: sheet.width - 4 - 34, y: 4 + 34)
      try opened.readImages(ofClass: 0, 8..<9) { image in
        for (row, column) in [(0, 0), (3, 5), (15, 15)] {
          let source = (row * 16 + column) * 3
          let (x, y) = (corner.x + 2 * column + 1, corner.y + 2 * row + 1)
          let target = (y * sheet.width + x) * 3
          #expect(Array(picture.pixels[target..<target + 3]) == Array(image[source..<source + 3]))
        }
      }
    }
  }

  @Test("grey images are shown as grey, and all classes where none is named")
  func grey() throws {
    try withTemporaryFolder { folder in
      try SmallMNIST().write(to: folder)
      let (dataset, output) = (folder.appending(path: "mnist"), folder.appending(path: "sheet.png"))
      _ = try build(folder, to: dataset)
      #expect(try show(dataset, [], to: output).exitCode == 0)
      let picture = try PNG.read([UInt8](try Data(contentsOf: output)))
      #expect(picture.height == 8 + 10 * 30)
      let pixels = picture.pixels
      #expect(stride(from: 0, to: pixels.count, by: 3).allSatisfy { Set(pixels[$0..<$0 + 3]).count == 1 })
    }
  }

  @Test("an unknown class, an output that exists, and numbers that make no sense are refused")
  func refused() throws {
    try withTemporaryFolder { folder in
      let dataset = try ColourDataset(in: folder).folder
      let output = folder.appending(path: "sheet.png")
      let unknown = try show(dataset, ["--classes", "apples,plums"], to: output)
      #expect(unknown.exitCode == 64)
      #expect(unknown.errors.contains("dataset: it has no class plums: dataprep info lists those that it has"))
      let none = try show(dataset, ["--classes", ","], to: output)
      #expect(none.exitCode == 64)
      #expect(none.errors.contains("dataset: --classes names none"))
      #expect(try show(dataset, ["--per-class", "0"], to: output).exitCode == 64)
      #expect(try show(folder, [], to: output).exitCode == 66)
      #expect(!FileManager.default.fileExists(atPath: output.path))
      let existing = try show(dataset, [], to: dataset.appending(path: "manifest.json"))
      #expect(existing.exitCode == 73)
      #expect(existing.errors.contains("manifest.json: exists already"))
    }
  }

  @Test("a sheet that nobody could look at is refused")
  func tooLarge() throws {
    try withTemporaryFolder { folder in
      let dataset = try Dataset(at: ColourDataset(in: folder).folder)
      #expect(throws: DataPrepError.self) {
        try ContactSheet(of: dataset, classes: Array(repeating: 0, count: 100_000), perClass: 10)
      }
    }
  }

  @Test("every character of ASCII has a shape of its own; the others are boxes")
  func font() {
    let shapes = (32..<127).map { BitmapFont.rows(of: Character(UnicodeScalar(UInt8($0)))) }
    #expect(Set(shapes).count == shapes.count)
    #expect(shapes.allSatisfy { $0.count == BitmapFont.height && $0.allSatisfy { $0 < 1 << BitmapFont.width } })
    #expect(BitmapFont.rows(of: "ä") == BitmapFont.rows(of: "猫"))
    #expect(!shapes.contains(BitmapFont.rows(of: "ä")))
  }
}
