import Files
import Foundation
import Shards

/// A build of a dataset folder from a source's images.
struct ShardBuild {
  /// The settings of a build besides those of the source and the decoding.
  struct Settings {
    /// The share of each class that is for validation, in [0, 1), where the source does not say which images are.
    var validation: Double
    /// The largest share of the images that may be skipped, 0 to 1.
    var maxSkipped: Double
    /// The bytes of pixels at which a shard is full.
    var shardBytes: Int
    /// The rule that chooses the classes that are not trained on.
    var splitting: ClassSplitting
    /// The names of classes. A class without a name is called by its id.
    var names: ClassNames
  }

  let source: any ImageSource
  let decoding: DecodingSettings
  /// Whether images of three colours become grey.
  let isGrey: Bool
  let settings: Settings
  let identity: BuildIdentity
  /// The number of threads that decode.
  let threads: Int
  /// Is told what people should know while the build runs, a sentence at a time.
  let notice: (String) -> Void

  /// The shape of every image of the dataset.
  var shape: Manifest.Shape {
    var shape = source.shape ?? Manifest.Shape(height: decoding.size, width: decoding.size, channels: 3)
    if isGrey { shape.channels = 1 }
    return shape
  }

  /// A phrase that says how the source's images are brought to the shape.
  private var resampling: String {
    (source.resampling ?? "\(decoding.filter.rawValue) filter, \(decoding.mode.rawValue) decoding")
      + (isGrey ? ", then grey" : "")
  }

  /// Makes the folder `output`, or goes on where an equal build was stopped: see
  /// ``DatasetWriter/write(to:identity:shape:shardBytes:restart:changingSplits:_:)``.
  /// - Returns: the dataset's manifest.
  func run(to output: URL, restart: Bool, changingSplits: Bool) throws -> Manifest {
    // A wrong choice of splits is reported now, before hours of work.
    if let ids = source.classes?.map(\.id) {
      _ = try splits(of: ids, notice)
      try settings.names.check(ids).map(notice)
    }
    var wasFinished = true
    let manifest = try DatasetWriter.write(
      to: output, identity: identity, shape: shape, shardBytes: settings.shardBytes, restart: restart,
      changingSplits: changingSplits
    ) { writer in
      wasFinished = false
      if !writer.finishedClasses.isEmpty {
        notice(
          "goes on after \(writer.shardCount) finished shard(s), \(writer.finishedClasses.count) classes, "
            + "\(writer.imageCount) images in \(writer.folder.path)")
      }
      try SpaceEstimate(source, shape: shape, finishedBytes: writer.finishedBytes).check(in: writer.folder, notice)
      return try append(to: writer)
    }
    if wasFinished {
      notice("\(output.path) was finished by the build before: its journal was all that was left to remove")
    }
    return manifest
  }

  private func append(to writer: DatasetWriter) throws -> Manifest {
    let progress = BuildProgress(source, writer)
    defer { progress.finish() }
    var classes = ClassSequence(finished: writer.finishedClasses)
    var files: [Manifest.Source.File] = []
    func endClass() throws {
      if let ended = classes.end() { try writer.end { validationCount(of: ended, $0) } }
    }
    let pipeline = ImagePipeline(source: source, settings: decoding, isGrey: isGrey, threads: threads)
    try pipeline.run(after: writer.finishedClasses.count) { step in
      switch step {
      case .begin(let imageClass):
        try endClass()
        if try classes.begin(imageClass, source) {
          let name = settings.names.name(of: imageClass.id)
          try writer.begin(id: imageClass.id, name: name, origin: imageClass.origin)
        }
      case .image(_, .pixels(let pixels, let warning), let bytes):
        try writer.append(pixels[...])
        if warning != nil { writer.warn() }
        progress.advance(bytes: bytes, shard: writer.shardCount, skipped: writer.skipped.count)
      case .image(let name, .skipped(let reason), let bytes):
        writer.skip(name: name, reason: reason)
        progress.advance(bytes: bytes, shard: writer.shardCount, skipped: writer.skipped.count)
      case .leftOut(let leftOut): writer.leaveOut(name: leftOut.name, reason: leftOut.reason)
      case .end(let read):
        try endClass()
        try classes.finish(source)
        files = read
      }
    }
    progress.finish()
    if !writer.leftOut.isEmpty { notice(Summary.phrase(writer.leftOut)) }
    try checkSkipped(writer)
    let manifest = try writer.finish(
      source: Manifest.Source(name: source.name, shape: source.originalShape, files: files),
      resampling: resampling
    ) { ids in
      if source.classes == nil {
        // All images are there: names that fit none of them are no reason to lose them.
        do { try settings.names.check(ids).map(notice) } catch { notice("\(error)") }
      }
      do {
        return try splits(of: ids, source.classes == nil ? notice : nil)
      } catch {
        notice("all images are in finished shards: give other splits, with --change-splits, to go on from there")
        throw error
      }
    }
    progress.sayRate(notice)
    return manifest
  }

  /// Returns each class's split; `notice` is told of a split that stays empty.
  private func splits(of ids: [String], _ notice: ((String) -> Void)?) throws -> [ClassSplit] {
    let (splits, notes) = try settings.splitting.splits(of: ids)
    if let notice { notes.forEach(notice) }
    return splits
  }

  /// Returns how many images at the tail of a class are for validation: the number that the source gives, or the share,
  /// rounded half up, but never all.
  private func validationCount(of imageClass: SourceClass, _ count: Int) -> Int {
    imageClass.validation ?? max(min(Int((settings.validation * Double(count)).rounded()), count - 1), 0)
  }

  private func checkSkipped(_ writer: DatasetWriter) throws {
    let skipped = writer.skipped.count
    if skipped > 0 { notice("\(skipped) image(s) skipped; the manifest says which and why") }
    if writer.warningCount > 0 { notice("\(writer.warningCount) image(s) kept of whose files the decoder complained") }
    let allowed = settings.maxSkipped * Double(writer.imageCount + skipped)
    guard Double(skipped) > allowed else { return }
    let first = writer.skipped.prefix(3).map { "\($0.name): \($0.reason)" }.joined(separator: "; ")
    throw DataPrepError(
      .tooManySkipped, source.name,
      "\(skipped) of \(writer.imageCount + skipped) images cannot be used (\(first)\(skipped > 3 ? " …" : "")): "
        + "allow more with --max-skipped")
  }
}
