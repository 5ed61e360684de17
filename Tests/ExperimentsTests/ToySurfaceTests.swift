import Foundation
import Testing

@testable import Experiments

/// The problem of one parameter in figure 3.
@Suite struct ToySurfaceTests {
  private let toy = ToySurface()

  /// The loss after T steps in another form: w₊ = w − 0.01 ℓ′(w) + β (w − w₋), and the loss multiplied out.
  private func independentLoss(momentum: Double, steps: Int) -> Double {
    var (before, now) = (-1.2, -1.2)
    for _ in 0..<steps {
      let slope = 4 * now * now * now - 21 * now * now + 24 * now
      (before, now) = (now, now - 0.01 * slope + momentum * (now - before))
    }
    return pow(now, 4) - 7 * pow(now, 3) + 12 * now * now + 3.1237967571738854
  }

  @Test("the slope is the loss's, and vanishes at two minima and the maximum between")
  func slope() {
    for w in stride(from: -1.5, through: 4.5, by: 0.25) {
      let difference = (ToySurface.loss(w + 1e-5) - ToySurface.loss(w - 1e-5)) / 2e-5
      #expect(abs(ToySurface.slope(w) - difference) < 1e-6)
    }
    for w in [0, ToySurface.maximum, ToySurface.minimum] { #expect(abs(ToySurface.slope(w)) < 1e-9) }
  }

  @Test("the lower minimum's loss is 0, the higher one's 3.12")
  func minima() {
    #expect(abs(ToySurface.loss(ToySurface.minimum)) < 1e-12)
    #expect(abs(ToySurface.loss(0) - 3.12) < 0.005)
    #expect(ToySurface.loss(ToySurface.maximum) > ToySurface.loss(0))
  }

  @Test("w after many steps is at one of the minima, which one depends on the momentum; without momentum it is 0")
  func limit() {
    let ends = toy.complements(toy.courses).map { toy.course(momentum: 1 - $0, steps: 10_000)[10_000] }
    for end in ends { #expect(min(abs(end), abs(end - ToySurface.minimum)) < 1e-9) }
    let sides = ends.map { $0 > ToySurface.maximum }
    #expect(zip(sides, sides.dropFirst()).count { $0 != $1 } > 5)
    #expect(abs(ends[ends.count - 1]) < 1e-9)
  }

  @Test("a course begins at the start and has a value after each step; the first step is along the slope alone")
  func course() {
    for momentum in [0, 0.5, 0.99] {
      let course = toy.course(momentum: momentum, steps: 50)
      #expect(course.count == 51 && course[0] == -1.2)
      #expect(abs(course[1] - (-1.2 + 0.01 * 65.952)) < 1e-12)
    }
  }

  @Test("1 − momentum goes from 0.01 to 1 at equal ratios")
  func complements() {
    let values = toy.complements(201)
    #expect(values.count == 201 && abs(values[0] - 0.01) < 1e-15 && values[200] == 1)
    for (value, next) in zip(values, values.dropFirst()) { #expect(abs(next / value - pow(100, 0.005)) < 1e-12) }
  }

  @Test("the loss after 5, 10, 20 and 50 steps is that of a simulation in another form, to 1e-5")
  func independent() {
    #expect(toy.lengths == [5, 10, 20, 50])
    let complements = toy.complements(toy.points)
    for (length, losses) in zip(toy.lengths, toy.losses()) {
      let differences = zip(complements, losses).map { complement, loss in
        abs(loss - independentLoss(momentum: 1 - complement, steps: length))
      }
      #expect(losses.count == 2_001 && (differences.max() ?? 1) < 1e-5, "T = \(length)")
    }
  }

  @Test("the loss has the marks of the paper's figure, to the error of reading them off it")
  func paper() throws {
    let complements = toy.complements(toy.points)
    let marks = toy.losses().map { ToySurface.marks($0, over: complements) }
    func isRead(_ value: Double?, as read: Double, to error: Double) throws {
      #expect(abs(try #require(value) - read) < error)
    }
    try isRead(marks[0].atLowest, as: 7.5, to: 0.05)
    try isRead(marks[0].top, as: 11.8, to: 0.1)
    try isRead(marks[0].topAt, as: 0.13, to: 0.005)
    try isRead(marks[1].atLowest, as: 1.95, to: 0.05)
    try isRead(marks[1].top, as: 15.5, to: 0.1)
    try isRead(marks[1].topAt, as: 0.067, to: 0.001)
    try isRead(marks[2].top, as: 18.6, to: 0.1)
    try isRead(marks[2].topAt, as: 0.030, to: 0.001)
    try isRead(marks[3].jumpAt, as: 0.196, to: 0.001)
  }

  @Test("just below the jump of 50 steps the loss is near 0, and above it nowhere far from 3.12")
  func jump() throws {
    let complements = toy.complements(toy.points)
    let losses = toy.losses()[3]
    let jump = try #require(ToySurface.marks(losses, over: complements).jumpAt)
    let after = try #require(complements.firstIndex { $0 > jump })
    #expect(losses[after - 10..<after].allSatisfy { $0 < 0.5 })
    #expect(losses[after...].allSatisfy { abs($0 - 3.12) < 0.1 })
  }
}
