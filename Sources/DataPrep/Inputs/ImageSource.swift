import Shards

/// Images in classes, read in one pass.
///
/// Every reading of the same input gives the same classes in the same order, and in each the same images.
protocol ImageSource: Sendable {
  /// What it is called in the manifest.
  var name: String { get }
  /// What each input is, by its path: see ``BuildIdentity/inputs``. Of inputs whose classes tell it themselves, by
  /// ``SourceClass/origin``, only the kind: such a class may be mended before it is reached.
  var inputs: [String: String] { get }
  /// The shape of the pixels that it hands over; nil where it hands over files to be decoded.
  var shape: Manifest.Shape? { get }
  /// The shape of all images in its files; nil where they differ.
  var originalShape: Manifest.Shape? { get }
  /// How it brings images to their shape; nil where it hands over files.
  var resampling: String? { get }
  /// All classes, without their origins; nil where only reading to the end tells.
  var classes: [SourceClass]? { get }
  /// About how many images there are, for the estimate of time and space; nil where nothing tells.
  var expectedImages: Int? { get }
  /// Bytes of temporary files while it is read.
  var temporaryBytes: Int { get }

  /// Hands over all classes, and the images of those after the first `finished`.
  /// - Parameter visit: what it throws ends the reading.
  /// - Returns: the files that were read, for the manifest.
  /// - Throws: ``DataPrepError`` where the input is damaged or ends early.
  func read(after finished: Int, _ visit: (SourceEvent) throws -> Void) throws -> [Manifest.Source.File]
}

/// A class of a source.
struct SourceClass: Equatable, Sendable {
  /// Unique in the source, for example a WordNet id.
  var id: String
  /// So many of its images, the last ones, are for validation; nil where the source does not say.
  var validation: Int?
  /// What shows that it is the same class when it is read again, where ``ImageSource/inputs`` does not; known when the
  /// class is reached.
  var origin: String?
}

/// What a source hands over, in order.
enum SourceEvent: Sendable {
  /// The images that follow are of this class.
  case begin(SourceClass)
  case image(SourceImage)
}

/// An image of a source.
struct SourceImage: Sendable {
  enum Content: Sendable, Equatable {
    /// A file to be decoded.
    case file([UInt8])
    /// Pixels of the source's shape, [height, width, channels].
    case pixels([UInt8])
    /// A file that is not worth opening, and why.
    case refused(reason: String)
  }

  /// Where it is in the source, for people.
  var name: String
  var content: Content

  /// Bytes of its file.
  var bytes: Int {
    switch content {
    case .file(let bytes), .pixels(let bytes): bytes.count
    case .refused: 0
    }
  }
}

/// Which files are images.
enum ImageFile {
  /// A file that is larger is refused, as files are read whole and memory is bounded.
  static let largest = 64 << 20

  /// Whether a name is that of a picture; hidden files, as `._picture.jpg` of macOS, are none.
  static func isImage(_ name: some StringProtocol) -> Bool {
    guard let last = name.split(separator: "/").last, last.first != "." else { return false }
    let lower = last.lowercased()
    return [".jpg", ".jpeg", ".png"].contains(where: lower.hasSuffix)
  }

  static func refusal(bytes: Int) -> SourceImage.Content {
    .refused(reason: "the file has \(bytes) bytes, more than \(largest)")
  }
}
