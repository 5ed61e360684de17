import Foundation

extension SystemCall {
  /// The number of cores that this process may run on. `taskset` and a service manager may give it fewer than the
  /// machine has.
  ///
  /// It comes from `/proc`, as Swift does not see `sched_getaffinity`; where there is no such file it is the machine's
  /// cores.
  public static var processorCount: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    // A mask of hexadecimal digits, in groups of 32 cores.
    let mask = status.firstMatch(of: /(?m)^Cpus_allowed:\s*([0-9a-f,]+)$/)?.1 ?? ""
    let count = mask.reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount }
    return count > 0 ? count : ProcessInfo.processInfo.activeProcessorCount
  }
}
