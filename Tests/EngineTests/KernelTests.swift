import Foundation
import Testing

@testable import Engine

/// Every kernel of every table that this processor has, against a slow reference in Double, on odd sizes too.
@Suite struct KernelTests {
  static func random(_ count: Int, _ seed: UInt64) -> FloatBuffer {
    FloatBuffer(randomNormals(count, seed: seed))
  }

  @Test("this processor has the baseline, each kernel table has its name, and a name that nobody knows has none")
  func available() {
    #expect(Kernels.available.first?.name == "baseline")
    for kernels in Kernels.available { #expect(Kernels(kernels.name)?.name == kernels.name) }
    #expect(Kernels("x87") == nil)
    #if OpenBLAS
      let last = Kernels.available.last
      #expect(last?.name.hasSuffix("+openblas") == true)
      #expect(last?.title.contains(/\+openblas \(OpenBLAS [0-9.]+ [A-Za-z0-9]+\)$/) == true, "\(last?.title ?? "")")
    #else
      #expect(Kernels.available.allSatisfy { $0.title == $0.name } && Kernels("baseline+openblas") == nil)
    #endif
  }

  @Test(
    "a matrix product is the sum over its inner index, for any size, transposed or not, added or not",
    arguments: [
      (1, 1, 1), (3, 31, 5), (8, 33, 32), (7, 10, 32), (128, 32, 196), (33, 64, 23), (13, 100, 8), (2, 48, 3),
    ])
  func product(m: Int, n: Int, k: Int) {
    let a = Self.random(m * k, 1)
    let b = Self.random(k * n, 2)
    let start = Self.random(m * n, 3)
    for kernels in Kernels.available {
      for transposed in [false, true] {
        for accumulate in [false, true] {
          let result = FloatBuffer(start.array)
          let matrix = transposed ? Kernels.Matrix(a.all, k, m).transposed : Kernels.Matrix(a.all, m, k)
          kernels.product(matrix, Kernels.Matrix(b.all, k, n), into: result.all, accumulate: accumulate)
          var expected: [Double] = []
          for i in 0..<m {
            for j in 0..<n {
              var sum = accumulate ? Double(start[i * n + j]) : 0
              for p in 0..<k { sum += Double(a[transposed ? p * m + i : i * k + p]) * Double(b[p * n + j]) }
              expected.append(sum)
            }
          }
          expectClose(result.array, expected, "\(kernels.name) \(transposed) \(accumulate)")
        }
      }
    }
  }

  @Test("a matrix product writes nothing behind its target")
  func productBounds() {
    for kernels in Kernels.available {
      let target = FloatBuffer(5 * 10 + 8)
      target.fill(7)
      kernels.product(
        Kernels.Matrix(Self.random(5 * 3, 1).all, 5, 3), Kernels.Matrix(Self.random(3 * 10, 2).all, 3, 10),
        into: target[0..<50])
      #expect(target.array[50...].allSatisfy { $0 == 7 }, "\(kernels.name)")
    }
  }

  @Test(
    "a matrix is transposed, its columns are summed, and a bias is added to its rows, with ReLU or without",
    arguments: [1, 5, 7, 17, 31, 64, 130], [1, 3, 8, 10, 31, 33, 64])
  func matrix(rows: Int, columns: Int) {
    let x = Self.random(rows * columns, 4)
    let bias = Self.random(columns, 5)
    for kernels in Kernels.available {
      let transposed = FloatBuffer([Float](repeating: 7, count: rows * columns + 3))
      kernels.transpose(Kernels.Matrix(x.all, rows, columns), into: transposed.all)
      let expected = (0..<rows * columns).map { Double(x[$0 % rows * columns + $0 / rows]) }
      expectClose(transposed.array, expected + [7, 7, 7], tolerance: 0, "\(kernels.name)")

      let sums = FloatBuffer(columns)
      kernels.columnSums(Kernels.Matrix(x.all, rows, columns), into: sums.all)
      expectClose(
        sums.array, (0..<columns).map { column in (0..<rows).reduce(0) { $0 + Double(x[$1 * columns + column]) } },
        "\(kernels.name)")

      for relu in [false, true] {
        let y = FloatBuffer(x.array)
        kernels.addBias(bias.all, relu: relu, to: y.all)
        let added = (0..<rows * columns).map { Double(x[$0] + bias[$0 % columns]) }
        expectClose(y.array, added.map { relu ? max($0, 0) : $0 }, tolerance: 0, "\(kernels.name)")
      }
    }
  }

  @Test("the kernels relu_mask and add_scaled compute what they say", arguments: [1, 5, 31, 64, 130])
  func elementwise(count: Int) {
    let x = Self.random(count * 3, 4)
    let y = Self.random(count * 3, 5)
    for kernels in Kernels.available {
      let masked = FloatBuffer(y.array)
      kernels.reluMask(x.all, masked.all)
      expectClose(
        masked.array, (0..<count * 3).map { x[$0] > 0 ? Double(y[$0]) : 0 }, tolerance: 0, "\(kernels.name)")

      let added = FloatBuffer(y.array)
      kernels.addScaled(0.5, x.all, to: added.all)
      expectClose(added.array, (0..<count * 3).map { Double(y[$0]) + 0.5 * Double(x[$0]) }, "\(kernels.name)")
    }
  }

  @Test("ReLU lets NaN pass, and its derivative at 0 is 0")
  func reluOfNaN() {
    for kernels in Kernels.available {
      let y = FloatBuffer([.nan, -1, 2])
      kernels.addBias(FloatBuffer([0, 0, 0]).all, relu: true, to: y.all)
      #expect(y[0].isNaN && y[1] == 0 && y[2] == 2, "\(kernels.name)")
      let values = FloatBuffer([5, 5, 5])
      kernels.reluMask(FloatBuffer([0, -1, 1]).all, values.all)
      #expect(values.array == [0, 0, 5], "\(kernels.name)")
    }
  }

  @Test("all_finite finds one value that is not finite anywhere", arguments: [Float.nan, .infinity, -.infinity])
  func finite(value: Float) {
    for kernels in Kernels.available {
      let x = Self.random(100, 6)
      #expect(kernels.allFinite(x.all))
      for index in [0, 15, 16, 63, 99] {
        let damaged = FloatBuffer(x.array)
        damaged[index] = value
        #expect(!kernels.allFinite(damaged.all), "\(kernels.name) \(index)")
      }
    }
  }

  @Test(
    "softmax cross-entropy, its gradient and its second derivative",
    arguments: [(1, 10), (7, 3), (32, 10), (5, 33), (130, 10)])
  func softmax(rows: Int, classes: Int) {
    let logits = FloatBuffer(Self.random(rows * classes, 7).array.map { $0 * 5 })
    let tangent = Self.random(rows * classes, 8)
    let labels = (0..<rows).map { Int32($0 * 5 % classes) }
    var expectedLoss = 0.0
    var expectedDelta: [Double] = []
    var expectedSecond: [Double] = []
    for row in 0..<rows {
      let z = (0..<classes).map { Double(logits[row * classes + $0]) }
      let t = (0..<classes).map { Double(tangent[row * classes + $0]) }
      let total = z.reduce(0) { $0 + exponential($1) }
      let p = z.map { exponential($0) / total }
      expectedLoss -= logarithm(p[Int(labels[row])]) / Double(rows)
      let mean = zip(p, t).reduce(0) { $0 + $1.0 * $1.1 }
      expectedDelta += (0..<classes).map { (p[$0] - ($0 == labels[row] ? 1 : 0)) / Double(rows) }
      expectedSecond += (0..<classes).map { p[$0] * (t[$0] - mean) / Double(rows) }
    }
    for kernels in Kernels.available {
      let probabilities = FloatBuffer(rows * classes)
      let delta = FloatBuffer(rows * classes)
      let loss = kernels.softmaxLoss(
        logits.all, labels: labels[...], share: 1 / Float(rows), probabilities: probabilities.all, delta: delta.all)
      #expect(abs(loss / Double(rows) - expectedLoss) < 1e-5 * expectedLoss, "\(kernels.name)")
      expectClose(delta.array, expectedDelta, "\(kernels.name)")
      let second = FloatBuffer(rows * classes)
      kernels.softmaxTangent(probabilities.all, tangent.all, rows: rows, share: 1 / Float(rows), delta: second.all)
      expectClose(second.array, expectedSecond, "\(kernels.name)")
    }
  }
}

extension Kernels: CustomTestStringConvertible {
  var testDescription: String { name }
}
