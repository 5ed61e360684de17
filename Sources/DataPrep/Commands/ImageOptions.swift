import ArgumentParser

/// The options that say how image files become pixels.
struct ImageOptions: ParsableArguments {
  @Option(help: "How pictures are made smaller.")
  var filter = ResamplingFilter.box

  @Option(help: "Whether the JPEG decoder may leave out detail that the filter would average away.")
  var decode = DecodeMode.scaled

  @Option(help: ArgumentHelp("Larger pictures are skipped.", valueName: "number"))
  var maxPixels = 100_000_000

  @Option(help: ArgumentHelp("The share of the images that may be skipped.", valueName: "share"))
  var maxSkipped = 0.001

  func validate() throws {
    guard maxPixels > 0 else { throw ValidationError("--max-pixels is at least 1") }
    guard (0...1).contains(maxSkipped) else { throw ValidationError("--max-skipped is a share, 0 to 1") }
  }

  func decoding(size: Int) -> DecodingSettings {
    DecodingSettings(size: size, filter: filter, mode: decode, maxPixels: maxPixels)
  }

  /// Those that decide the dataset's bytes.
  var arguments: [String: String] {
    ["--filter": filter.rawValue, "--decode": decode.rawValue, "--max-pixels": "\(maxPixels)"]
  }
}

extension ResamplingFilter: ExpressibleByArgument {}
extension DecodeMode: ExpressibleByArgument {}
