import Files

/// The forms in which people have data sets that are not read as they are, known by a file's first bytes.
enum InputForm {
  /// The first bytes of a form, its name, what to do with a file of it, and the program whose output can be piped in.
  private static let forms: [(bytes: [UInt8], name: String, advice: String, unpacker: String?)] = [
    ([0x1F, 0x8B], "compressed by gzip", "unpack it with gunzip", "gunzip"),
    ([0x42, 0x5A, 0x68], "compressed by bzip2", "unpack it with bunzip2", "bunzip2"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "compressed by xz", "unpack it with unxz", "unxz"),
    ([0x28, 0xB5, 0x2F, 0xFD], "compressed by zstd", "unpack it with unzstd", "unzstd"),
    ([0x50, 0x4B, 3, 4], "a zip archive", "unpack it, and give the folder", nil),
    ([0x50, 0x4B, 5, 6], "an empty zip archive", "fetch it again", nil),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7-Zip archive", "unpack it, and give the folder", nil),
    ([0x52, 0x61, 0x72, 0x21], "a RAR archive", "unpack it, and give the folder", nil),
    ([0x50, 0x41, 0x52, 0x31], "a Parquet file", "export its pictures into folders of classes, and give these", nil),
    ([0x89, 0x48, 0x44, 0x46], "an HDF5 file", "export its pictures into folders of classes, and give these", nil),
  ]

  /// Returns what a file is by its first bytes, and what to do with it: "is compressed by gzip: unpack it …"; nil where
  /// it is none of these forms.
  ///
  /// - Parameter canBePiped: whether the input may be a pipe; otherwise it is a folder.
  static func sentence(ofFirst bytes: some Collection<UInt8>, canBePiped: Bool) -> String? {
    guard let form = forms.first(where: { bytes.starts(with: $0.bytes) }) else { return nil }
    guard let unpacker = form.unpacker else { return "is \(form.name): \(form.advice)" }
    guard canBePiped else { return "is \(form.name): unpack it, as an archive with tar -xf, and give the folder" }
    return "is \(form.name): \(form.advice), or give \(unpacker)'s output as --input -"
  }

  /// Checks that an input is a folder.
  /// - Parameter content: a phrase that says what the folder holds, for the error.
  /// - Throws: ``DataPrepError`` that says what a file is instead, and what to do with it.
  static func checkFolder(_ path: String, of content: String) throws {
    guard try !FileStatus(input: path).isFolder else { return }
    let file = try ForwardFile(path)
    let first = file.size == nil ? [] : try file.read(upTo: TarHeader.blockSize)
    if TarHeader.begins(first) {
      throw DataPrepError(
        .otherFormat, path, "is a tar archive, where a folder of \(content) is expected: unpack it, and give the folder"
      )
    }
    let form = sentence(ofFirst: first, canBePiped: false) ?? "is no folder"
    throw DataPrepError(
      .otherFormat, path, "\(form); what is expected is the folder of \(content)")
  }
}
