#if canImport(Glibc)
  import Glibc
#endif

/// An inner problem of one parameter w, trained by the heavy ball; the outer-parameter is its momentum β.
///
/// The loss (w − 4)(w − 3) w² has two minima, and each value of β leads to one of them. A step is m ← βm + g,
/// w ← w − 0.01 m (Polyak 1964).
struct ToySurface: Codable, Sendable, Equatable {
  /// The parameter w before the first step.
  var start = -1.2
  /// The learning rate.
  var rate = 0.01
  /// The numbers of inner steps T, ascending.
  var lengths = [5, 10, 20, 50]
  /// The lowest value of 1 − β; the highest is 1, descent without momentum.
  var lowest = 0.01
  /// The number of values of 1 − β at which the loss is taken, at equal ratios.
  var points = 2_001
  /// The number of values of 1 − β whose courses are shown, at equal ratios.
  var courses = 41

  /// The place of the lower minimum, (21 + √57) / 8.
  static let minimum = (21 + 57.0.squareRoot()) / 8
  /// The place of the maximum between the minima, (21 − √57) / 8. The higher minimum is at 0.
  static let maximum = (21 - 57.0.squareRoot()) / 8
  /// The loss at 0, the higher minimum; it is how far the lower one lies below 0.
  static let higherMinimumLoss = -unshifted(minimum)

  private static func unshifted(_ w: Double) -> Double { (w - 4) * (w - 3) * w * w }

  /// Returns the loss, shifted by 3.12 so that its lower minimum is 0.
  static func loss(_ w: Double) -> Double { unshifted(w) + higherMinimumLoss }
  /// Returns the loss's slope, 4w³ − 21w² + 24w.
  static func slope(_ w: Double) -> Double { w * (w * (4 * w - 21) + 24) }

  /// Returns w before the first step and after each.
  func course(momentum: Double, steps: Int) -> [Double] {
    var w = start
    var velocity = 0.0
    return [start]
      + (0..<steps).map { _ in
        velocity = momentum * velocity + Self.slope(w)
        w -= rate * velocity
        return w
      }
  }

  /// Returns values of 1 − β from the lowest to 1, at equal ratios.
  func complements(_ count: Int) -> [Double] {
    (0..<count).map { pow(lowest, 1 - Double($0) / Double(count - 1)) }
  }

  /// Returns the loss after each number of steps, [lengths][points], over `complements(points)`.
  func losses() -> [[Double]] {
    let longest = lengths[lengths.count - 1]
    let courses = complements(points).map { course(momentum: 1 - $0, steps: longest) }
    return lengths.map { length in courses.map { Self.loss($0[length]) } }
  }
}

extension ToySurface {
  /// Marks of the loss over 1 − β that can be read off a plot.
  struct Marks: Equatable {
    /// The loss at the lowest 1 − β.
    var atLowest: Double?
    /// The highest loss.
    var top: Double?
    /// The value of 1 − β of the highest loss.
    var topAt: Double?
    /// The value of 1 − β above which all end in the higher minimum, and just below which none does.
    var jumpAt: Double?
  }

  /// The marks of the paper's figure, read off it, by the number of inner steps.
  static let paperMarks: [Int: Marks] = [
    5: Marks(atLowest: 7.5, top: 11.8, topAt: 0.13), 10: Marks(atLowest: 1.95, top: 15.5, topAt: 0.067),
    20: Marks(top: 18.6, topAt: 0.030), 50: Marks(jumpAt: 0.196),
  ]

  /// Returns the marks of losses over `complements`, which ascend.
  static func marks(_ losses: [Double], over complements: [Double]) -> Marks {
    let top = losses.indices.max { losses[$0] < losses[$1] } ?? 0
    let below = losses.lastIndex { $0 < higherMinimumLoss / 2 }
    let jump = below.flatMap { $0 + 1 < losses.count ? (complements[$0] * complements[$0 + 1]).squareRoot() : nil }
    return Marks(atLowest: losses.first, top: losses[top], topAt: complements[top], jumpAt: jump)
  }
}
