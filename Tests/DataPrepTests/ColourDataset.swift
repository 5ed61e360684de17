import Files
import Foundation
import TestSupport

@testable import DataPrep

/// A dataset of 16 × 16 pixels in colour: classes `apples` and `pears` of 10 images each, 2 of them for validation.
struct ColourDataset {
  let folder: URL

  init(in parent: URL) throws {
    let made = parent.appending(path: "made")
    try FileManager.default.createDirectory(at: made, withIntermediateDirectories: false)
    let images = try MadeImages(in: made)
    let tree = parent.appending(path: "tree")
    for (name, kind) in [("apples", "RGB-plain-"), ("pears", "CMYK-plain-")] {
      let target = tree.appending(path: name)
      try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
      for file in images.names where file.hasPrefix(kind) {
        try FileManager.default.copyItem(at: made.appending(path: file), to: target.appending(path: file))
      }
    }
    folder = parent.appending(path: "dataset")
    let result = try ToolProcess.run(
      "dataprep",
      [
        "build", "shards", "--source", "folder", "--input", tree.path, "--size", "16", "--validation", "0.2",
        "--output", folder.path,
      ])
    guard result.exitCode == 0 else { throw DataPrepError(.usage, folder.path, result.errors) }
  }
}
