import Shards

/// A source of images in classes, which are read in one pass.
///
/// Every reading of the same input gives the same classes in the same order, and in each the same images.
protocol ImageSource: Sendable {
  /// The name of the source in the manifest.
  var name: String { get }
  /// A text for each input, by its path, that would show a change: see ``BuildIdentity/inputs``.
  ///
  /// Where the classes of an input show changes themselves, by ``SourceClass/origin``, it gives only the kind of the
  /// input, so that such a class may be mended before it is reached.
  var inputs: [String: String] { get }
  /// The shape of the pixels that it hands over; nil where it hands over files to be decoded.
  var shape: Manifest.Shape? { get }
  /// The shape of all images in its files; nil where they differ.
  var originalShape: Manifest.Shape? { get }
  /// A phrase that says how it brings images to their shape; nil where it hands over files.
  var resampling: String? { get }
  /// All classes, without their origins; nil where only reading to the end tells.
  var classes: [SourceClass]? { get }
  /// About how many images there are, for the estimate of time and space; nil where nothing tells.
  var expectedImages: Int? { get }
  /// The bytes of temporary files while it is read.
  var temporaryBytes: Int { get }

  /// Hands over all classes, and the images of those after the first `finished`.
  /// - Parameter visit: what it throws ends the reading.
  /// - Returns: the files that were read, for the manifest.
  /// - Throws: ``DataPrepError`` where the input is damaged or ends early.
  func read(after finished: Int, _ visit: (SourceEvent) throws -> Void) throws -> [Manifest.Source.File]
}

/// A class of a source.
struct SourceClass: Equatable, Sendable {
  /// The identifier, unique in the source, for example a WordNet id.
  var id: String
  /// The number of its images, the last ones, that are for validation; nil where the source does not say.
  var validation: Int?
  /// A text that would show that the class changed between two readings; nil where ``ImageSource/inputs`` would show
  /// it. It is known when the class is reached.
  var origin: String?
}

/// A piece of what a source hands over, in order.
enum SourceEvent: Sendable {
  /// The images that follow are of this class.
  case begin(SourceClass)
  /// An image of the class that began last.
  case image(SourceImage)
  /// Something that is not taken, in the class that began last or outside of all.
  ///
  /// What belongs to the first `finished` classes, or lies before the one after them, is not handed over again.
  case leftOut(LeftOut)
}

/// An image of a source.
struct SourceImage: Sendable {
  /// The contents of an image: a file, pixels, or neither.
  enum Content: Sendable, Equatable {
    /// A file to be decoded.
    case file([UInt8])
    /// Pixels of the source's shape, [height, width, channels].
    case pixels([UInt8])
    /// A file that is not worth opening, for this reason.
    case refused(reason: String)
  }

  /// The place of the image in the source, for people.
  var name: String
  var content: Content

  /// The size of its file or pixels in bytes.
  var bytes: Int {
    switch content {
    case .file(let bytes), .pixels(let bytes): bytes.count
    case .refused: 0
    }
  }
}

/// The rules for which files are taken as images.
enum ImageFile {
  /// The endings of the names of pictures, in small letters.
  private static let endings = [".jpg", ".jpeg", ".jpe", ".jfif", ".png"]

  /// The size in bytes above which a file is refused, as files are read whole and memory is bounded.
  static let largest = 64 << 20

  /// Returns whether a name is that of a picture. Hidden files, as `._picture.jpg` of macOS, are none.
  static func isImage(_ name: some StringProtocol) -> Bool {
    guard let last = name.split(separator: "/").last, last.first != "." else { return false }
    let lower = last.lowercased()
    return endings.contains(where: lower.hasSuffix)
  }

  /// Returns whether a picture's file ends in zeros that stand where the end of a JPEG or PNG should be. They are where
  /// a download that reserves its file first has not come to.
  static func endsInHole(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= leastHole, bytes.suffix(leastHole).allSatisfy({ $0 == 0 }) else { return false }
    let content = bytes[..<(bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0)]
    return !ends.contains { content.suffix($0.count) == $0[...] }
  }

  /// The fewest zeros that are taken for a hole: a damaged picture may end with a few.
  private static let leastHole = 16

  /// The last bytes of a JPEG and of a PNG.
  private static let ends: [[UInt8]] = [[0xFF, 0xD9], [0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]]

  /// Returns the contents that stand for a file that is too large.
  static func refusal(bytes: Int) -> SourceImage.Content {
    .refused(reason: "the file has \(bytes) bytes, more than \(largest)")
  }
}
