import Randomness

/// The images of a task, at their places in the mapped shards; batches are copied from there.
///
/// It does not change and may be used by any thread.
public final class TaskImages: Sendable {
  /// The task's classes, in the order of the labels.
  public let classes: TaskClasses
  /// The shape of every image.
  public let shape: Manifest.Shape
  private let train: LabelledImages
  private let validation: LabelledImages

  init(_ classes: TaskClasses, in dataset: Dataset) throws {
    self.classes = classes
    shape = dataset.manifest.shape
    let size = shape.count
    var train = LabelledImages(size: size)
    var validation = LabelledImages(size: size)
    for (label, position) in classes.classes.enumerated() {
      let reader = try dataset.reader(ofClass: position)
      let (count, tail) = (dataset.manifest.classes[position].count, dataset.manifest.classes[position].validation)
      let first = ShardKey(imageClass: position, index: 0)
      try train.gather(count - tail, from: first, in: reader, label: label)
      try validation.gather(tail, from: ShardKey(imageClass: position, index: count - tail), in: reader, label: label)
    }
    self.train = train
    self.validation = validation
  }

  /// Returns the number of images that a split has.
  public func count(of split: ImageSplit) -> Int { images(split).count }

  /// Fills a batch with images drawn uniformly, with replacement, from all of a split.
  /// - Parameters:
  ///   - pixels: [batch, height, width, channels]
  ///   - labels: [batch]; its size is the batch's. A label is the class's position in the task.
  func fill(
    pixels: inout [Float], labels: inout [Int32], from split: ImageSplit, scaling: PixelScaling,
    random: inout RandomStream
  ) {
    let images = images(split)
    for row in labels.indices { images.copy(random.below(images.count), to: row, &pixels, &labels, scaling) }
  }

  /// Copies the images of a split in `range`, class after class, for example to evaluate all of them in pieces.
  /// - Parameters:
  ///   - range: positions in the split, below ``count(of:)``.
  ///   - split: the images that are copied from.
  ///   - scaling: how the stored pixels become numbers.
  ///   - pixels: [range's count, height, width, channels], is overwritten.
  ///   - labels: [range's count], is overwritten; a label is the class's position in the task.
  public func copy(
    _ range: Range<Int>, of split: ImageSplit, scaling: PixelScaling, pixels: inout [Float], labels: inout [Int32]
  ) {
    let images = images(split)
    for (row, index) in range.enumerated() { images.copy(index, to: row, &pixels, &labels, scaling) }
  }

  private func images(_ split: ImageSplit) -> LabelledImages {
    switch split {
    case .train: train
    case .validation: validation
    }
  }
}

/// Images and the label of each.
private struct LabelledImages: Sendable {
  private var images: MappedImages
  private var labels: [Int32] = []

  init(size: Int) { images = MappedImages(size: size) }

  var count: Int { labels.count }

  mutating func gather(_ count: Int, from first: ShardKey, in reader: ShardReader, label: Int) throws {
    try images.gather(count, from: first, in: reader)
    labels += Array(repeating: Int32(label), count: count)
  }

  func copy(
    _ index: Int, to row: Int, _ pixels: inout [Float], _ labels: inout [Int32], _ scaling: PixelScaling
  ) {
    images.copy(index, into: &pixels, at: row * images.size, scaling)
    labels[row] = self.labels[index]
  }
}
