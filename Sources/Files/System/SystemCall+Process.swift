import Foundation

/// Calls about the process, not about a file.
extension SystemCall {
  /// Takes away the effect of a signal. Handlers elsewhere still hear of it.
  package static func ignoreSignal(_ number: Int32) { signal(number, SIG_IGN) }

  /// The monotonic clock in microseconds, as `sd_notify(3)` asks for it.
  package static var monotonicMicroseconds: Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int(now.tv_sec) * 1_000_000 + Int(now.tv_nsec) / 1_000
  }

  /// The processor time of this process so far, in its own code and in the system's, in seconds.
  package static var processorSeconds: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
  }

  /// The size of a page of memory in bytes.
  package static var pageSize: Int { Int(sysconf(Int32(_SC_PAGESIZE))) }

  /// Reads pages of a file's map from the disk ahead, as far as the system wants to.
  package static func fetch(_ pages: UnsafeMutableRawBufferPointer) {
    _ = madvise(pages.baseAddress, pages.count, MADV_WILLNEED)
  }

  /// Gives pages of a file's map back: they stay in the page cache, but are no longer this process's.
  package static func release(_ pages: UnsafeMutableRawBufferPointer) {
    _ = madvise(pages.baseAddress, pages.count, MADV_DONTNEED)
  }
}
