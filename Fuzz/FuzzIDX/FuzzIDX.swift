import FuzzRunner

@testable import DataPrep

/// Reads a file of MNIST, plain or gzip, as images and as labels.
@main
enum FuzzIDX {
  static func main() {
    Fuzzer.run { bytes in
      try Fuzzer.withFile(bytes) { url in
        for dimensions in [1, 3] {
          Fuzzer.refusing {
            let file = try IDXFile(url, dimensions: dimensions)
            if file.count > 0 {
              var item = [UInt8](repeating: 0, count: file.sizes.dropFirst().reduce(1, *))
              for _ in 0..<file.count { try file.read(into: &item) }
            }
            try file.finish()
          }
        }
      }
    }
  }
}
