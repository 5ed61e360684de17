import ArgumentParser
import Commands
import Files
import Foundation
import Shards

/// The command `dataprep show`.
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws some images of each class, with its name, into a PNG file.",
    discussion: """
      Example:
        dataprep show imagenet32 --output sheet.png \\
          --classes n01440764,n01443537 --per-class 20
      """)

  @Argument(help: ArgumentHelp("The dataset.", valueName: "folder"), completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("The PNG file to make; it must not exist.", valueName: "file"), completion: .file())
  var output: String

  @Option(help: ArgumentHelp("The classes, from above; all of them, if left out.", valueName: "id,id…"))
  var classes: String?

  @Option(help: ArgumentHelp("Images of each class.", valueName: "number"))
  var perClass = 10

  func validate() throws {
    guard (1...10_000).contains(perClass) else { throw ValidationError("--per-class is 1 to 10000") }
  }

  func run() throws {
    let output = URL(filePath: self.output)
    guard !FileManager.default.fileExists(atPath: output.path) else {
      throw DataPrepError(.outputExists, output.path, "exists already: remove it or choose another output")
    }
    if let fault = OutputFormat.fault(self.output, of: "show", ending: "png") { throw ValidationError(fault) }
    try AtomicFile.requireWritable(output)
    let dataset = try CheckedDataset.open(folder)
    let sheet = try ContactSheet(of: dataset, classes: try positions(in: dataset.manifest), perClass: perClass)
    let canvas = try sheet.draw()
    try AtomicFile.write(Data(PNG.write(canvas.pixels, width: canvas.width, height: canvas.height)), to: output)
    try StandardOutput.print("\(output.path.printableLine): \(canvas.width)×\(canvas.height) pixels")
  }

  private func positions(in manifest: Manifest) throws -> [Int] {
    guard let classes else { return Array(manifest.classes.indices) }
    let ids = classes.split(separator: ",")
    guard !ids.isEmpty else {
      throw DataPrepError(.usage, folder, "--classes names none: dataprep info lists those that it has")
    }
    return try ids.map { id in
      guard let position = manifest.classes.firstIndex(where: { $0.id == id }) else {
        throw DataPrepError(.usage, folder, "it has no class \(id): dataprep info lists those that it has")
      }
      return position
    }
  }
}
