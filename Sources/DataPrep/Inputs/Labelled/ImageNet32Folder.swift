import Files

/// A folder of the batches of the downsampled ImageNet: `train_data_batch_1.npz` … and `val_data.npz`.
struct ImageNet32Folder {
  /// The paths of the batches in the order of their numbers, 2 before 10.
  let batches: [String]
  /// The other files and folders in it.
  let leftOut: [LeftOut]

  private static let ending = ".npz"

  /// Lists a folder.
  /// - Throws: ``DataPrepError`` where there is no batch, one is not fetched to its end, or one is missing between others.
  init(_ path: String) throws {
    let listing = try FolderListing(path, followsLinks: true)
    let names = listing.files.filter { $0.lowercased().hasSuffix(Self.ending) }
    let others = listing.files.filter { !$0.lowercased().hasSuffix(Self.ending) }
    if let unfinished = others.first(where: { UnfinishedDownload.name($0)?.lowercased().hasSuffix(Self.ending) == true }
    ) {
      throw DataPrepError(
        .contradiction, path,
        "holds \(unfinished), an unfinished download of a batch: fetch that to its end, or remove this file")
    }
    guard !names.isEmpty else { throw Self.noBatch(path, others) }
    for name in names {
      let originals = CopiedName.originals(ofFile: name, isNumbered: names.contains)
      if let original = originals.first(where: names.contains) {
        throw DataPrepError(
          .contradiction, path,
          "\(name) is called a copy of the batch \(original): keep the right one of the two, or rename it if it is another"
        )
      }
    }
    try Self.checkNumbers(names, others, in: path)
    batches = names.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }.map { path + "/" + $0 }
    leftOut =
      listing.leftOut + others.map { LeftOut(beside: $0) }
      + listing.folders.map { LeftOut(name: $0, reason: LeftOut.otherFolder) }
  }

  /// Checks that of the batches `…batch_1`, `…batch_2` and so on none is missing before the last that is there.
  private static func checkNumbers(_ names: [String], _ others: [String], in path: String) throws {
    var numbers: [String: Set<Int>] = [:]
    for stem in names.map({ $0.dropLast(ending.count) }) {
      let digits = stem.reversed().prefix(while: \.isNumber).count
      let prefix = stem.dropLast(digits)
      guard prefix.lowercased().hasSuffix("batch_"), let number = Int(stem.suffix(digits)), number <= 1000 else {
        continue
      }
      numbers[String(prefix), default: []].insert(number)
    }
    for (prefix, found) in numbers.sorted(by: { $0.key < $1.key }) {
      let last = found.max() ?? 0
      let missing = (0...last).filter { !found.contains($0) && $0 > 0 }
      guard let first = missing.first else { continue }
      let name = "\(prefix)\(first)"
      let isBatch = { $0 == name + ending }
      let other =
        others.first { $0 == name || $0.hasPrefix(name + ".") }
        ?? names.first {
          CopiedName.originals(ofFile: $0, isNumbered: isBatch).contains(where: isBatch)
        }
      let instead = other.map { ", only \($0)" } ?? ""
      let more = missing.count > 1 ? " and lacks \(missing.count - 1) more" : ""
      throw DataPrepError(
        .contradiction, path,
        "holds \(prefix)\(last)\(ending), but no \(name)\(ending)\(instead)\(more): fetch what is missing, or, to go without, "
          + "give the files themselves as --input")
    }
  }

  private static func noBatch(_ path: String, _ others: [String]) -> DataPrepError {
    if let zip = others.first(where: { $0.lowercased().hasSuffix(".zip") }) {
      return DataPrepError(.missing, path, "has no .npz file, but \(zip): unpack that")
    }
    if let pickled = others.first(where: { $0.contains("data_batch") || $0 == "val_data" }) {
      return DataPrepError(
        .missing, path, "has no .npz file, but \(pickled), as in the form for pickle: take the data set's .npz form")
    }
    return DataPrepError(.missing, path, "has no .npz file")
  }
}
