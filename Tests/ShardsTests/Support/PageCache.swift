import Foundation
import Testing

/// What of a file is in the page cache.
enum PageCache {
  /// Puts a file out of it, as far as the file system can: one that lies in memory stays.
  static func forget(_ url: URL) throws {
    let file = try FileHandle(forReadingFrom: url)
    #expect(fsync(file.fileDescriptor) == 0)
    #expect(posix_fadvise(file.fileDescriptor, 0, 0, POSIX_FADV_DONTNEED) == 0)
  }

  /// The share of a file's pages that are there.
  static func share(of url: URL) throws -> Double {
    let file = try FileHandle(forReadingFrom: url)
    let size = Int(try file.seekToEnd())
    let address = mmap(nil, size, PROT_READ, MAP_SHARED, file.fileDescriptor, 0)
    try #require(address != MAP_FAILED)
    defer { munmap(address, size) }
    let page = Int(getpagesize())
    var pages = [UInt8](repeating: 0, count: (size + page - 1) / page)
    try #require(mincore(address, size, &pages) == 0)
    return Double(pages.count { $0 & 1 == 1 }) / Double(pages.count)
  }
}
