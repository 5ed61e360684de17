#if canImport(Glibc)
  import Glibc
#endif

/// A stream of random numbers that is a pure function of a seed, a purpose and indices
/// (Documentation/method.md#random-streams).
///
/// Two streams of different arguments are independent; the same arguments give the same numbers, in any thread and
/// after any restart. There is no global generator: code that needs randomness is given a seed.
package struct RandomStream: RandomNumberGenerator, Sendable {
  /// The use that the numbers of a stream are put to (Documentation/method.md#purposes).
  ///
  /// A resumed run must reproduce its streams, and so the raw values: never renumber them.
  package enum Purpose: UInt32, Sendable {
    /// Draws the initial parameters of an inner problem.
    case innerInitialisation = 1
    /// Draws the initial θ.
    case outerInitialisation = 2
    /// Draws the perturbation of θ for an antithetic pair.
    case perturbation = 3
    /// Draws the length of a truncation.
    case truncationLength = 4
    /// Draws the life of a task, in inner steps.
    case taskLife = 5
    /// Draws a pair of data set and problem from the task distribution.
    case taskChoice = 6
    /// Draws the classes of a task.
    case taskClasses = 7
    /// Draws the images of a minibatch.
    case batch = 8
    /// Draws the classes that a dataset holds out.
    case classSplit = 9
    /// Draws the resamples of a bootstrap interval.
    case bootstrap = 10
    /// Draws what tests need.
    case test = 11
    /// Draws what benchmarks need.
    case bench = 12
    /// Draws images that are made up instead of read.
    case syntheticImages = 20
    /// Draws the hyperparameters that a search tries.
    case hyperparameterSearch = 21
    /// Draws the directions of θ in which a figure looks.
    case figureDirection = 22
  }

  private let key: SIMD2<UInt32>
  private let domain: SIMD2<UInt32>
  private var position: UInt64 = 0
  private var block = SIMD4<UInt32>()
  private var used = 4

  /// Makes the stream of `purpose` and `indices` under `seed`, for example one for every outer-iteration and worker.
  package init(seed: UInt64, purpose: Purpose, _ indices: UInt64...) {
    self.init(seed: seed, purpose: purpose, indices: indices)
  }

  /// Makes the stream of `purpose` and `indices` under `seed`.
  package init(seed: UInt64, purpose: Purpose, indices: [UInt64]) {
    var state = SIMD4(seed.low, seed.high, purpose.rawValue, UInt32(indices.count))
    state = Philox.block(state, key: [0, 0])
    for index in indices {
      state = Philox.block([index.low, index.high, state[2], state[3]], key: [state[0], state[1]])
    }
    key = [state[0], state[1]]
    domain = [state[2], state[3]]
  }

  /// Returns the next 32 uniform bits.
  package mutating func nextWord() -> UInt32 {
    if used == 4 {
      block = Philox.block([position.low, position.high, domain[0], domain[1]], key: key)
      position += 1
      used = 0
    }
    defer { used += 1 }
    return block[used]
  }

  /// Returns the next 64 uniform bits, the low word first.
  package mutating func next() -> UInt64 {
    let low = UInt64(nextWord())
    return low | UInt64(nextWord()) << 32
  }

  /// Returns a uniform number in [0, 1), a multiple of 2⁻⁵³.
  package mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Returns a uniform integer of 0 ..< `bound`, without bias.
  package mutating func below(_ bound: Int) -> Int {
    Int(next(upperBound: UInt64(bound)))
  }

  /// Returns two independent standard normal numbers (Box and Muller 1958).
  package mutating func normals() -> (Double, Double) {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    return (radius * cos(angle), radius * sin(angle))
  }

  /// Returns `count` standard normal numbers, or of the normal distribution cut at ± `cut`: numbers beyond it are left
  /// out, and the next ones of the stream taken in their place.
  package mutating func normals(_ count: Int, within cut: Double = .infinity) -> [Float] {
    var numbers: [Float] = []
    numbers.reserveCapacity(count + 1)
    while numbers.count < count {
      let (first, second) = normals()
      if abs(first) <= cut { numbers.append(Float(first)) }
      if abs(second) <= cut { numbers.append(Float(second)) }
    }
    numbers.removeLast(numbers.count - count)
    return numbers
  }

  /// Returns `count` different integers of 0 ..< `bound`, in random order.
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
