import Files
import Foundation
import Shards
import TestSupport
import Testing

@testable import DataPrep

/// What every source keeps to.
@Suite struct SourceConformanceTests {
  private func with(_ source: SmallSource, _ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "source")
      try source.make(in: files)
      try body(files)
    }
  }

  @Test("every reading gives the same classes and images in the same order", arguments: SmallSource.allCases)
  func again(small: SmallSource) throws {
    try with(small) { files in
      let source = try small.open(files)
      let (first, second, other) = (try source.readAll(), try source.readAll(), try small.open(files).readAll())
      #expect(!first.isEmpty)
      #expect(first.allSatisfy { !$0.images.isEmpty })
      #expect(first == second)
      #expect(first == other)
      #expect(Set(first.map(\.imageClass.id)).count == first.count)
    }
  }

  @Test("the facts that a source gives before it is read are those that reading finds", arguments: SmallSource.allCases)
  func counts(small: SmallSource) throws {
    try with(small) { files in
      let source = try small.open(files)
      let read = try source.readAll()
      let images = read.reduce(0) { $0 + $1.images.count }
      let told = read.map { SourceClass(id: $0.imageClass.id, validation: $0.imageClass.validation) }
      #expect(source.classes == nil || source.classes == told)
      #expect(source.expectedImages.map { abs($0 - images) <= images / 4 } ?? true)
      #expect(read.allSatisfy { ($0.imageClass.validation ?? 0) < $0.images.count })
      let sizes = Set(
        read.flatMap(\.images).map { if case .pixels(let pixels) = $0.content { pixels.count } else { 0 } })
      #expect(sizes == [source.shape?.count ?? 0])
      #expect(source.temporaryBytes == images * (source.shape?.count ?? 0))
    }
  }

  @Test("reading after finished classes gives the images of the others, as before", arguments: SmallSource.allCases)
  func after(small: SmallSource) throws {
    try with(small) { files in
      let source = try small.open(files)
      let whole = try source.readAll()
      for finished in [1, whole.count / 2, whole.count] {
        let rest = try source.readAll(after: finished)
        #expect(rest.map(\.imageClass) == whole.map(\.imageClass))
        #expect(rest.prefix(finished).allSatisfy { $0.images.isEmpty })
        #expect(rest.dropFirst(finished) == whole.dropFirst(finished))
      }
    }
  }

  @Test("an error of the reader's closure ends the reading", arguments: SmallSource.allCases)
  func stopped(small: SmallSource) throws {
    struct Enough: Error {}
    try with(small) { files in
      let source = try small.open(files)
      var images = 0
      #expect(throws: Enough.self) {
        _ = try source.read(after: 0) { event in
          if case .image = event { images += 1 }
          if images == 5 { throw Enough() }
        }
      }
      #expect(images == 5)
    }
  }

  @Test(
    "a file that ends early is an error that names it, and in an archive the byte",
    arguments: SmallSource.allCases.filter(\.isCuttable))
  func truncated(small: SmallSource) throws {
    try with(small) { files in
      for file in try SmallSource.files(files) {
        let whole = try Data(contentsOf: file)
        defer { try? whole.write(to: file) }
        for kept in [0, 1, 700, whole.count / 2 + 1, whole.count - 11_000].filter({ (0..<whole.count).contains($0) }) {
          try whole.prefix(kept).write(to: file)
          let error = #expect(throws: DataPrepError.self, "\(file.lastPathComponent) cut to \(kept) bytes") {
            try small.open(files).readAll()
          }
          #expect(error?.description.contains(file.lastPathComponent) == true, "\(error?.description ?? "")")
          if file.pathExtension == "tar" {
            #expect(error?.description.contains("at byte \(kept)") == true, "\(error?.description ?? "")")
          }
        }
      }
    }
  }

  @Test("a source's identity changes with its files", arguments: SmallSource.allCases.filter { $0 != .imagenetPipe })
  func identity(small: SmallSource) throws {
    try with(small) { files in
      func identity() throws -> [String?] {
        let source = try small.open(files)
        return source.inputs.map { "\($0) \($1)" }.sorted() + (try source.readAll()).map(\.imageClass.origin)
      }
      let before = try identity()
      #expect(try identity() == before)
      var file = try #require(try SmallSource.files(files).first)
      if small == .folder || small == .imagenetFolders {
        let picture = try #require(try FolderListing.images(in: file.path, prefix: "").first)
        file = URL(filePath: file.path + picture)
      }
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 7)], ofItemAtPath: file.path)
      #expect(try identity() != before)
    }
  }
}
