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

  /// The time at which this process began, in seconds since 1970; nil where `/proc` does not say (proc(5)).
  package static let processStart: Double? = {
    // Of /proc/self/stat field 22 is the start in ticks after the boot; field 2 is a name in parentheses that may hold anything.
    guard let process = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
      let fields = process.split(separator: ")").last?.split(separator: " "), fields.count > 19,
      let ticks = Double(fields[19]), let system = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let boot = system.split(separator: "\n").first(where: { $0.hasPrefix("btime ") })?.dropFirst(6),
      let seconds = Double(boot)
    else { return nil }
    return seconds + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }()

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
