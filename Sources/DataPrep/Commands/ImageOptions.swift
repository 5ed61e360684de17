import ArgumentParser

/// The options that say how image files become pixels. All but `--grey` are for sources of image files only.
struct ImageOptions: ParsableArguments {
  @Option(help: "How pictures are made smaller; box, if left out.")
  var filter: ResamplingFilter?

  @Option(
    help: "Whether the JPEG decoder may leave out detail that the filter would average away; scaled, if left out.")
  var decode: DecodeMode?

  @Option(help: ArgumentHelp("Larger pictures are skipped; 100 million, if left out.", valueName: "number"))
  var maxPixels: Int?

  @Option(help: ArgumentHelp("The share of the images that may be skipped; 0.001, if left out.", valueName: "share"))
  var maxSkipped: Double?

  @Flag(help: "Make the images grey, of one channel; not for mnist, whose images are.")
  var grey = false

  func validate() throws {
    guard (maxPixels ?? 1) > 0 else { throw ValidationError("--max-pixels is at least 1") }
    guard (0...1).contains(maxSkipped ?? 0) else { throw ValidationError("--max-skipped is a share, 0 to 1") }
  }

  /// Checks that no option is given to a source for which it would do nothing.
  /// - Throws: `ValidationError` where one is.
  func validate(for source: SourceOptions.Kind) throws {
    let given: [(String, Bool)] = [
      ("--filter", filter != nil), ("--decode", decode != nil), ("--max-pixels", maxPixels != nil),
      ("--max-skipped", maxSkipped != nil),
    ]
    if !source.isOfFiles, let (option, _) = given.first(where: \.1) {
      throw ValidationError(
        "\(option) does not belong to --source \(source.rawValue), whose images are not decoded")
    }
    if grey, source == .mnist {
      throw ValidationError("--grey does not belong to --source mnist, whose images are grey")
    }
  }

  func decoding(size: Int) -> DecodingSettings {
    DecodingSettings(size: size, filter: filter ?? .box, mode: decode ?? .scaled, maxPixels: maxPixels ?? 100_000_000)
  }

  var skippedShare: Double { maxSkipped ?? 0.001 }

  /// Returns the options that decide the dataset's bytes, by name. `--grey` is among them only where it is given, as in
  /// builds that were begun before there was such an option.
  func arguments(for source: SourceOptions.Kind) -> [String: String] {
    let colours = grey ? ["--grey": "given"] : [:]
    guard source.isOfFiles else { return colours }
    let decoding = decoding(size: 1)
    return colours.merging([
      "--filter": decoding.filter.rawValue, "--decode": decoding.mode.rawValue, "--max-pixels": "\(decoding.maxPixels)",
    ]) { $1 }
  }
}

extension ResamplingFilter: ExpressibleByArgument {}
extension DecodeMode: ExpressibleByArgument {}
