import Files
import Foundation

/// The names under which people have the four files of MNIST.
enum MNISTFiles {
  private static let published = ["train", "t10k"].flatMap { ["\($0)-images-idx3-ubyte", "\($0)-labels-idx1-ubyte"] }

  /// Returns the file of a part, gzip or plain, with `-` or, as some unpack it, `.` in its name; it may lie in a folder of
  /// its own name.
  /// - Parameters:
  ///   - name: the beginning of the name, for example "train-images".
  ///   - form: its end, for example "idx3-ubyte".
  /// - Throws: ``DataPrepError`` where there is none, which says where one is, or where it cannot be looked at.
  static func find(_ name: String, _ form: String, in folder: URL) throws -> URL {
    if let file = try file(name, form, in: folder) { return file }
    let published = "\(name)-\(form)"
    let path = folder.appending(path: "\(published).gz").path
    let below = try ["raw", "MNIST/raw", "mnist", "MNIST"].first {
      try file(name, form, in: folder.appending(path: $0)) != nil
    }
    if let below {
      throw DataPrepError(.missing, path, "no such file: give \(folder.appending(path: below).path)")
    }
    let instead = try NamedFiles(folder.path).instead { Self.published(of: $0) == published }
    throw DataPrepError(.missing, path, "no such file, \(instead ?? "nor \(published) without .gz")")
  }

  /// Returns what lies beside the files of these paths and is not taken.
  /// - Throws: ``DataPrepError`` where one of the files is there twice with different content, or a folder cannot be read.
  static func leftOut(beside taken: [String], in folder: URL) throws -> [LeftOut] {
    let places = Dictionary(grouping: taken.map { URL(filePath: $0) }) { $0.deletingLastPathComponent().path }
    let own = Set(places.keys.filter { $0 != folder.path }.map { URL(filePath: $0).lastPathComponent })
    return try ([(folder.path, "")] + own.sorted().map { ("\(folder.path)/\($0)", "\($0)/") }).flatMap {
      place, prefix in
      let names = Set((places[place] ?? []).map(\.lastPathComponent))
      return try NamedFiles(place).leftOut(beside: names, prefix: prefix, folders: prefix.isEmpty ? own : []) { name in
        published(of: name).flatMap { whole in names.first { published(of: $0) == whole } }
      } content: {
        try GzipReader(URL(filePath: $0)).contentDigest()
      }
    }
  }

  /// Returns whether a file is one of images or labels by its first bytes, be it compressed.
  static func isOne(_ path: String) throws -> Bool {
    var first = [UInt8](repeating: 0, count: 3)
    let count = try? GzipReader(URL(filePath: path)).read(into: &first)
    return count == first.count && first == [0, 0, 8]
  }

  /// Returns the name under which a file of this name was published, without `.gz`; nil where it is none of the four.
  private static func published(of name: String) -> String? {
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    let dashed = plain.replacing(".idx", with: "-idx")
    return published.contains(dashed) ? dashed : nil
  }

  private static func file(_ name: String, _ form: String, in folder: URL) throws -> URL? {
    for separator in ["-", "."] {
      for ending in [".gz", ""] {
        let file = name + separator + form + ending
        for place in [file, "\(file)/\(file)"] {
          let url = folder.appending(path: place)
          do {
            if try !FileStatus(url.path).isFolder { return url }
          } catch let error as FileError where [ENOENT, ENOTDIR].contains(error.number) {
            continue
          } catch let error as FileError {
            throw DataPrepError(.missing, url.path, "cannot be read: \(error.reason)")
          }
        }
      }
    }
    return nil
  }
}
