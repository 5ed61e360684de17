import Files
import Shards

/// The progress of a build on standard error: images, images and megabytes a second, the shard, and the time left.
///
/// Time counts from the first image, because a stream's finished classes pass by before that.
final class BuildProgress {
  private lazy var line = makeLine()
  private lazy var started = ContinuousClock.now
  private let makeLine: () -> Files.Progress
  private var images = 0
  private var bytes = 0

  init(_ source: any ImageSource, _ writer: DatasetWriter) {
    makeLine = {
      let line = Files.Progress("shards", unit: "images", total: source.expectedImages, goesOn: true)
      line.resume(at: writer.imageCount)
      return line
    }
  }

  /// Counts an image.
  /// - Parameters:
  ///   - bytes: the size of the image's file.
  ///   - shard: the number of the shard that it goes into.
  ///   - skipped: the images that were skipped so far.
  func advance(bytes: Int, shard: Int, skipped: Int) {
    _ = started
    images += 1
    self.bytes += bytes
    line.advance(
      note: "\(megabytesPerSecond) MB/s  shard \(shard)" + (skipped > 0 ? "  \(skipped) skipped" : ""))
  }

  /// Ends the line.
  func finish() { line.finish() }

  /// Tells `notice` the number of images, the time, and the rates.
  func sayRate(_ notice: (String) -> Void) {
    guard images > 0 else { return }
    notice(
      "\(images) images in \(Self.tenths(seconds)) s: \(Int(Double(images) / seconds)) images/s, "
        + "\(megabytesPerSecond) MB/s")
  }

  private var seconds: Double { max((ContinuousClock.now - started) / .seconds(1), 1e-3) }

  private var megabytesPerSecond: String { Self.tenths(Double(bytes) / seconds / 1e6) }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int(value * 10)
    return "\(tenths / 10).\(tenths % 10)"
  }
}
