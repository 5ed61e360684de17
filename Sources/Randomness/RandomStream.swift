#if canImport(Glibc)
  import Glibc
#endif

/// A stream of random numbers that is a pure function of a seed, a purpose and indices.
///
/// Two streams of different arguments are independent; the same arguments give the same numbers, in any thread and
/// after any restart. There is no global generator: whoever needs randomness is handed a seed.
package struct RandomStream: RandomNumberGenerator, Sendable {
  /// What the numbers are for. Raw values are part of what a resumed run must reproduce: never renumber them.
  package enum Purpose: UInt32, Sendable {
    case innerInitialisation = 1
    case outerInitialisation = 2
    case perturbation = 3
    case truncationLength = 4
    case taskLife = 5
    case taskChoice = 6
    case taskClasses = 7
    case batch = 8
    case classSplit = 9
    case bootstrap = 10
    case test = 11
    case bench = 12
    case syntheticImages = 20
    case hyperparameterSearch = 21
  }

  private let key: SIMD2<UInt32>
  private let domain: SIMD2<UInt32>
  private var position: UInt64 = 0
  private var block = SIMD4<UInt32>()
  private var used = 4

  /// The stream of `purpose` under `seed`, for example one for every (outer-iteration, worker).
  package init(seed: UInt64, purpose: Purpose, _ indices: UInt64...) {
    self.init(seed: seed, purpose: purpose, indices: indices)
  }

  /// The stream of `purpose` and `indices` under `seed`.
  package init(seed: UInt64, purpose: Purpose, indices: [UInt64]) {
    var state = SIMD4(seed.low, seed.high, purpose.rawValue, UInt32(indices.count))
    state = Philox.block(state, key: [0, 0])
    for index in indices {
      state = Philox.block([index.low, index.high, state[2], state[3]], key: [state[0], state[1]])
    }
    key = [state[0], state[1]]
    domain = [state[2], state[3]]
  }

  /// The next 32 uniform bits.
  package mutating func nextWord() -> UInt32 {
    if used == 4 {
      block = Philox.block([position.low, position.high, domain[0], domain[1]], key: key)
      position += 1
      used = 0
    }
    defer { used += 1 }
    return block[used]
  }

  package mutating func next() -> UInt64 {
    let low = UInt64(nextWord())
    return low | UInt64(nextWord()) << 32
  }

  /// A uniform number in [0, 1), a multiple of 2⁻⁵³.
  package mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A uniform integer in 0 ..< bound, without bias.
  package mutating func below(_ bound: Int) -> Int {
    Int(next(upperBound: UInt64(bound)))
  }

  /// Two independent standard normal numbers (Box and Muller 1958).
  package mutating func normals() -> (Double, Double) {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    return (radius * cos(angle), radius * sin(angle))
  }

  /// `count` standard normal numbers.
  package mutating func normals(_ count: Int) -> [Float] {
    var numbers: [Float] = []
    numbers.reserveCapacity(count + 1)
    while numbers.count < count {
      let (first, second) = normals()
      numbers.append(Float(first))
      numbers.append(Float(second))
    }
    numbers.removeLast(numbers.count - count)
    return numbers
  }

  /// `count` different integers of 0 ..< `bound`, in random order.
  package mutating func sample(_ count: Int, below bound: Int) -> [Int] {
    precondition(count <= bound, "cannot draw more than there are")
    var pool = Array(0..<bound)
    for position in 0..<count { pool.swapAt(position, position + below(bound - position)) }
    return Array(pool[..<count])
  }
}

extension UInt64 {
  fileprivate var low: UInt32 { UInt32(truncatingIfNeeded: self) }
  fileprivate var high: UInt32 { UInt32(truncatingIfNeeded: self >> 32) }
}
