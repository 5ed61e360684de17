import CTurboJPEG

// Every call of libjpeg-turbo is in this file, one function a call; its handle does not leave it.

/// A JPEG file as libjpeg-turbo sees it.
///
/// Each file gets a decompressor of its own. After a file with a flaw in its header, a used one reads the next file
/// wrongly.
final class TurboJPEG {
  /// The properties of the image that the file's header gives.
  struct Header {
    /// The width in pixels, at least 1.
    var width: Int
    /// The height in pixels, at least 1.
    var height: Int
    /// Whether there are four channels of ink, which the library does not turn into red, green and blue.
    var isCMYK: Bool
    /// The number of coefficients for a pixel, all components together.
    var samplesPerPixel: Double
    /// The number of channels of the decoded pixels.
    var channels: Int { isCMYK ? 4 : 3 }
  }

  /// The library's output for a file that it can decode.
  struct Output {
    /// The pixels, [height, width, 3], or [height, width, 4] where the file is CMYK.
    var pixels: [UInt8]
    /// The last of the library's complaints; nil where it had none.
    var warning: String?
  }

  let header: Header
  private let handle: tjhandle

  /// Reads the header.
  /// - Throws: `UndecodableImage` where the library cannot.
  init(_ file: [UInt8]) throws(UndecodableImage) {
    guard let handle = tjInitDecompress() else {
      throw UndecodableImage("libjpeg-turbo: \(String(cString: tjGetErrorStr2(nil)))")
    }
    self.handle = handle
    var (width, height, subsampling, colours) = (Int32(0), Int32(0), Int32(0), Int32(0))
    _ = tjDecompressHeader3(handle, file, UInt(file.count), &width, &height, &subsampling, &colours)
    // The call also returns a failure where it only warns, or does not know the subsampling, which does not hinder
    // decoding. The sizes are there then.
    guard width > 0, height > 0 else {
      let message = Self.message(handle)
      tjDestroy(handle)
      throw UndecodableImage(message)
    }
    let isCMYK = [TJCS_CMYK, TJCS_YCCK].contains { colours == Int32(bitPattern: $0.rawValue) }
    header = Header(
      width: Int(width), height: Int(height), isCMYK: isCMYK,
      samplesPerPixel: isCMYK ? 4 : Self.samplesPerPixel(UInt32(bitPattern: subsampling)))
  }

  deinit { tjDestroy(handle) }

  private static func samplesPerPixel(_ subsampling: UInt32) -> Double {
    switch TJSAMP(subsampling) {
    case TJSAMP_GRAY: 1
    case TJSAMP_420, TJSAMP_411: 1.5
    case TJSAMP_422, TJSAMP_440: 2
    default: 3
    }
  }

  /// Decodes the file, or one that differs from it only after the header.
  /// - Parameter reduction: divides each side, rounded up: 1, 2, 4 or 8.
  func decode(_ file: [UInt8], reduction: Int) throws(UndecodableImage) -> Output {
    let (width, height) = header.reduced(by: reduction)
    var output = Output(pixels: [UInt8](repeating: 0, count: width * height * header.channels), warning: nil)
    guard decompress(file, into: &output.pixels, width, height, isCMYK: header.isCMYK) != 0 else { return output }
    let message = Self.message(handle)
    guard tjGetErrorCode(handle) == TJERR_WARNING.rawValue, isComplete(file, &output.pixels, width, height) else {
      throw UndecodableImage(message)
    }
    output.warning = message
    return output
  }

  /// Tells whether the library went on to the last row. After a warning it calls an error a warning too, and leaves the
  /// rows from there on as they were. So the last row is decoded over zeros, and where it stays zero again over 255.
  private func isComplete(_ file: [UInt8], _ pixels: inout [UInt8], _ width: Int, _ height: Int) -> Bool {
    let lastRow = (pixels.count - width * header.channels)...
    if pixels[lastRow].contains(where: { $0 != 0 }) { return true }
    for index in pixels[lastRow].indices { pixels[index] = 255 }
    _ = decompress(file, into: &pixels, width, height, isCMYK: header.isCMYK)
    return pixels[lastRow].contains { $0 != 255 }
  }

  /// Returns the first complaint about a file that decodes with complaints; ``decode(_:reduction:)`` returns the last.
  func firstWarning(_ file: [UInt8], reduction: Int) -> String {
    let (width, height) = header.reduced(by: reduction)
    let count = width * height * header.channels
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { buffer in
      _ = decompress(
        file, into: buffer.baseAddress, width, height, isCMYK: header.isCMYK, flags: TJFLAG_STOPONWARNING)
      return Self.message(handle)
    }
  }

  private func decompress(
    _ file: [UInt8], into buffer: UnsafeMutablePointer<UInt8>?, _ width: Int, _ height: Int, isCMYK: Bool,
    flags: Int32 = 0
  ) -> Int32 {
    let format = isCMYK ? TJPF_CMYK : TJPF_RGB
    // Without the limit a progressive file of thousands of empty scans would take hours.
    return tjDecompress2(
      handle, file, UInt(file.count), buffer, Int32(width), 0, Int32(height), format.rawValue, flags | TJFLAG_LIMITSCANS
    )
  }

  private static func message(_ handle: tjhandle) -> String { String(cString: tjGetErrorStr2(handle)) }
}

extension TurboJPEG.Header {
  /// Returns width and height, each divided by `reduction` and rounded up.
  func reduced(by reduction: Int) -> (width: Int, height: Int) {
    ((width + reduction - 1) / reduction, (height + reduction - 1) / reduction)
  }
}
