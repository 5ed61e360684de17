import CLopt
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
        var values: [Float] = [1, -2, 0]
        var moments = [Float](repeating: 0, count: lopt_moments(optimizer, count))
        for step in 0..<2 {
          let gradient = values
          var parameters = lopt_parameters(
            count: count, step: step, values: &values, gradient: gradient, moments: &moments)
          precondition(lopt_step(optimizer, &parameters, 1, 1, 0.01) == 0)
        }
      }
    }
  }
}
