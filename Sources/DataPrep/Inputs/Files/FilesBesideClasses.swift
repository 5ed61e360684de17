import Files
import Foundation

/// The files that lie beside the classes of an input.
enum FilesBesideClasses {
  /// Returns what is left out.
  /// - Parameters:
  ///   - names: the files that are no classes.
  ///   - ids: all classes of the input.
  ///   - ofArchives: whether a class may be an archive, so that one in another form is a class that is missing.
  ///   - path: the input, for errors.
  /// - Throws: ``DataPrepError`` where a file is a class of which nothing else is there, or an unfinished one.
  static func leftOut(
    _ names: [String], ids: Set<String>, ofArchives: Bool, in path: String
  ) throws -> [LeftOut] {
    try names.map { try leftOut($0, isClass: ids.contains, ofArchives: ofArchives, in: path) }
  }

  /// Returns what is left out where there is one file of this name.
  static func leftOut(
    _ name: String, isClass: (String) -> Bool, ofArchives: Bool, in path: String
  ) throws -> LeftOut {
    guard let archive = ClassArchiveName(name), ofArchives || WordNetID.isID(archive.stem) else {
      return LeftOut(file: name)
    }
    if archive.isUnfinished {
      throw DataPrepError(
        .contradiction, path,
        "holds \(name), an unfinished download of class \(archive.stem): fetch that to its end, or remove this file")
    }
    guard ([archive.stem] + CopiedName.originals(of: archive.stem)).contains(where: isClass) else {
      throw DataPrepError(
        .contradiction, path,
        "holds \(name), which is no archive WNID.tar: if it is class \(archive.stem), unpack or rename it; move it away "
          + "if it is not")
    }
    return LeftOut(name: name, reason: LeftOut.otherArchive)
  }
}

/// A name that says that a file is the archive of a class, in another form than WNID.tar: `WNID.tar.gz`, `WNID.zip`,
/// `WNID.tar.part`, `WNID.tar.1`.
struct ClassArchiveName {
  /// The name before its endings, which is the class's id.
  let stem: String
  /// Whether the name is that of a download that is not finished.
  let isUnfinished: Bool

  private static let forms = [".tar", ".tgz", ".tbz", ".txz", ".tzst", ".zip", ".7z", ".rar", ".gz"]

  /// Takes the name apart; nil where it says nothing of the kind.
  init?(_ path: String) {
    let name = String(path.split(separator: "/").last ?? "")
    guard name.first != "." else { return nil }
    let finished = UnfinishedDownload.name(name)
    let whole = finished ?? name
    isUnfinished = finished != nil
    let places = Self.forms.compactMap { form in
      whole.range(of: form, options: .caseInsensitive).flatMap { range in
        let isWhole = whole[range.upperBound...].first.map { !$0.isLetter } ?? true
        return isWhole || form != ".gz" ? range.lowerBound : nil
      }
    }
    if let place = places.min(), place > whole.startIndex {
      stem = String(whole[..<place])
    } else if WordNetID.isID(whole), isUnfinished {
      stem = whole
    } else {
      return nil
    }
  }
}

/// The ids of classes as they come, each of which may be there once.
struct ClassIDs {
  private(set) var all: Set<String> = []
  /// The ids of which there is something that is called a copy, with what it is called.
  private var copies: [String: String] = [:]

  /// Adds a class.
  /// - Parameter path: the place of the class, for errors.
  /// - Throws: ``DataPrepError`` where there is a class of this name, or one of which it is called a copy.
  mutating func insert(_ id: String, at path: String) throws {
    guard all.insert(id).inserted else {
      throw DataPrepError(.contradiction, path, "is a second class of the name \(id): rename or remove one")
    }
    let originals = CopiedName.originals(of: id)
    let known = copies[id].map { ($0, id) } ?? originals.first(where: all.contains).map { (id, $0) }
    if let (copy, original) = known {
      throw DataPrepError(
        .contradiction, path,
        "\(copy) is called a copy of class \(original): remove it, or rename it if it is a class of its own")
    }
    for original in originals { copies[original] = id }
  }
}
