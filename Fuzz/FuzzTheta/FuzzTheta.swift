import CLopt
import Foundation
import FuzzRunner

/// Reads a snapshot by the C library, and steps parameters with what it takes.
@main
enum FuzzTheta {
  private static let count = 3

  static func main() {
    Fuzzer.run { bytes in
      try Fuzzer.withFile(bytes) { file in
        var message = [CChar](repeating: 0, count: Int(LOPT_MESSAGE))
        guard let optimizer = lopt_load(file.path, "baseline", &message) else {
          precondition(message.contains(0) && message[0] != 0, "a refusal has a reason, which ends")
          return
        }
        defer { lopt_free(optimizer) }
        let values = UnsafeMutablePointer<Float>.allocate(capacity: count)
        let moments = UnsafeMutablePointer<Float>.allocate(capacity: lopt_moments(optimizer, count))
        defer {
          values.deallocate()
          moments.deallocate()
        }
        values.initialize(repeating: 1, count: count)
        moments.initialize(repeating: 0, count: lopt_moments(optimizer, count))
        for step in 0..<2 {
          var parameters = lopt_parameters(
            count: count, step: step, values: values, gradient: values, moments: moments)
          precondition(lopt_step(optimizer, &parameters, 1, 1, 0.01) == 0)
        }
      }
    }
  }
}
