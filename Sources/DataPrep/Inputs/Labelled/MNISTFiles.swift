import Files
import Foundation

/// The names under which people have the four files of MNIST.
enum MNISTFiles {
  /// Returns the file of a part, gzip or plain, with `-` or, as some unpack it, `.` in its name; it may lie in a folder of
  /// its own name.
  /// - Parameters:
  ///   - name: the beginning of the name, for example "train-images".
  ///   - form: its end, for example "idx3-ubyte".
  /// - Throws: ``DataPrepError`` where there is none, which says where one is.
  static func find(_ name: String, _ form: String, in folder: URL) throws -> URL {
    if let file = file(name, form, in: folder) { return file }
    let published = "\(name)-\(form)"
    let path = folder.appending(path: "\(published).gz").path
    let below = ["raw", "MNIST/raw", "mnist", "MNIST"].first { file(name, form, in: folder.appending(path: $0)) != nil }
    if let below {
      throw DataPrepError(.missing, path, "no such file: give \(folder.appending(path: below).path)")
    }
    let names = try FolderListing(folder.path, followsLinks: true).files
    if let unfinished = names.first(where: { UnfinishedDownload.name($0)?.hasPrefix(name) == true }) {
      throw DataPrepError(
        .missing, path, "no such file, only the unfinished download \(unfinished): fetch it to its end")
    }
    throw DataPrepError(.missing, path, "no such file, nor \(published) without .gz")
  }

  private static func file(_ name: String, _ form: String, in folder: URL) -> URL? {
    for separator in ["-", "."] {
      for ending in [".gz", ""] {
        let file = name + separator + form + ending
        for place in [file, "\(file)/\(file)"] {
          let url = folder.appending(path: place)
          if let status = try? FileStatus(input: url.path), !status.isFolder { return url }
        }
      }
    }
    return nil
  }
}
