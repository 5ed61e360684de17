import Files
import Foundation
import TestSupport

/// Builds from small sources with the tool.
enum SmallBuild {
  /// Runs `dataprep build shards` on a source of ``SmallSource``.
  static func run(
    _ source: SmallSource, _ files: URL, to output: URL, _ options: [String] = [], input: FileHandle = .nullDevice
  ) throws -> ProcessResult {
    try ToolProcess.run("dataprep", arguments(source, files, to: output, options), input: input)
  }

  static func arguments(_ source: SmallSource, _ files: URL, to output: URL, _ options: [String] = []) -> [String] {
    let input = source == .imagenetPipe ? "-" : source.input(files)
    return ["build", "shards"] + source.options + ["--input", input, "--output", output.path] + options
  }

  /// The SHA-256 of every file of a dataset.
  static func digests(_ folder: URL) throws -> [String: String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Digest.sha256(fileAt: folder.appending(path: $0))) })
  }
}
