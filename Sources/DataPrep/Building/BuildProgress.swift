import Shards
import Support

/// How far a build is: images, images and megabytes a second, the shard, and how long it will take.
final class BuildProgress {
  private let line: Support.Progress
  private let started = ContinuousClock.now
  private var images = 0
  private var bytes = 0

  init(_ source: any ImageSource, _ writer: DatasetWriter) {
    line = Support.Progress("shards", unit: "images", total: source.expectedImages)
    line.resume(at: writer.imageCount)
  }

  /// Counts an image whose file has `bytes`, and which goes into a shard.
  func advance(bytes: Int, shard: Int) {
    images += 1
    self.bytes += bytes
    line.advance(note: "\(megabytesPerSecond) MB/s  shard \(shard)")
  }

  /// Says how fast it was.
  func finish(_ notice: (String) -> Void) {
    line.finish()
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
