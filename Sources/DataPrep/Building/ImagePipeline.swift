import Shards
import Threads

/// Reads a source in one thread, decodes its images in others, and hands the results over in the source's order.
struct ImagePipeline {
  /// A result of the pipeline, in the source's order.
  enum Step: Sendable {
    /// The images that follow are of this class.
    case begin(SourceClass)
    /// An image, and the bytes of its file.
    case image(name: String, DecodedImage, bytes: Int)
    /// Something of the source that is not taken.
    case leftOut(LeftOut)
    /// The source has ended, and these files were read.
    case end([Manifest.Source.File])
  }

  private enum Input: Sendable {
    case event(SourceEvent)
    case end([Manifest.Source.File])
  }

  /// The most bytes of files and pixels on the way. They are few enough to stay in the processor's caches.
  private static let queueBytes = 16 << 20

  let source: any ImageSource
  let settings: DecodingSettings
  /// Whether images of three colours become grey.
  let isGrey: Bool
  /// The number of threads that decode.
  let threads: Int

  /// Hands over all classes, and the images of those after the first `finished`, in the calling thread.
  /// - Throws: the source's error, or what `body` throws, which ends the reading.
  func run(after finished: Int, _ body: (Step) throws -> Void) throws {
    let work = OrderedWork<Input, Step>(byteLimit: Self.queueBytes)
    let decoders = (0..<threads).map { _ in Decoder(decoder: ImageDecoder(settings), isGrey: isGrey) }
    let pixelBytes = settings.size * settings.size * 3
    // After an error nobody waits for the reader: it may stand at a pipe that brings nothing more.
    Threads.start(named: "reader") { [source] in
      work.finish(
        Result {
          let files = try source.read(after: finished) { try work.put(.event($0), bytes: $0.bytes + pixelBytes) }
          try work.put(.end(files), bytes: pixelBytes)
        })
    }
    let group = Threads.start(threads, named: "decoder") { work.work(decoders[$0].step) }
    defer { group.wait() }
    do {
      while let step = try work.take() { try body(step) }
    } catch {
      work.stop()
      throw error
    }
  }

  private struct Decoder: @unchecked Sendable {  // Its decoder is used by one thread.
    let decoder: ImageDecoder
    let isGrey: Bool

    func step(_ input: Input) -> Step {
      switch input {
      case .end(let files): return .end(files)
      case .event(.begin(let imageClass)): return .begin(imageClass)
      case .event(.leftOut(let leftOut)): return .leftOut(leftOut)
      case .event(.image(let image)):
        let decoded: DecodedImage =
          switch image.content {
          case .file(let bytes): decoder.decode(bytes)
          case .pixels(let pixels): .pixels(pixels, warning: nil)
          case .refused(let reason): .skipped(reason: reason)
          }
        return .image(name: image.name, isGrey ? decoded.grey : decoded, bytes: image.bytes)
      }
    }
  }
}

extension SourceEvent {
  fileprivate var bytes: Int {
    switch self {
    case .begin, .leftOut: 0
    case .image(let image): image.bytes
    }
  }
}
