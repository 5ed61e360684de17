import Randomness
import Testing

@Suite struct RandomStreamTests {
  @Test("Philox4x32-10 gives its authors' known answers")
  func knownAnswers() {
    #expect(Philox.block([0, 0, 0, 0], key: [0, 0]) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    let ones = UInt32.max
    #expect(
      Philox.block([ones, ones, ones, ones], key: [ones, ones])
        == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
    #expect(
      Philox.block([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0])
        == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
  }

  @Test("the same arguments give the same numbers, any other argument different ones")
  func keyed() {
    func first(_ seed: UInt64, _ purpose: RandomStream.Purpose, _ a: UInt64, _ b: UInt64) -> UInt64 {
      var stream = RandomStream(seed: seed, purpose: purpose, a, b)
      return stream.next()
    }
    let number = first(1, .batch, 2, 3)
    #expect(number == first(1, .batch, 2, 3))
    let others = [
      first(2, .batch, 2, 3), first(1, .perturbation, 2, 3), first(1, .batch, 3, 3), first(1, .batch, 2, 2),
      first(1, .batch, 3, 2), first(1 << 32, .batch, 2, 3), first(1, .batch, 2 << 32, 3),
    ]
    #expect(Set(others + [number]).count == others.count + 1)
  }

  @Test("normal numbers have the moments of the normal distribution")
  func normals() {
    var stream = RandomStream(seed: 5, purpose: .test)
    let numbers = stream.normals(200_001).map(Double.init)
    #expect(numbers.count == 200_001)
    let moments = (1...4).map { power in
      numbers.reduce(0) { sum, x in sum + (1...power).reduce(1) { product, _ in product * x } } / Double(numbers.count)
    }
    #expect(abs(moments[0]) < 0.01)
    #expect(abs(moments[1] - 1) < 0.015)
    #expect(abs(moments[2]) < 0.04)
    #expect(abs(moments[3] - 3) < 0.1)
  }

  @Test("cut, the normal distribution has nothing beyond the cut, and else the same numbers in the same order")
  func cut() {
    func stream() -> RandomStream { RandomStream(seed: 5, purpose: .test) }
    var (plain, cut, far) = (stream(), stream(), stream())
    let numbers = plain.normals(20_000)
    let found = cut.normals(19_001, within: 2)
    #expect(found == Array(numbers.filter { abs($0) <= 2 }.prefix(19_001)))
    let square = found.reduce(0) { $0 + Double($1) * Double($1) } / Double(found.count)
    // 1 − 4 φ(2) / (2 Φ(2) − 1)
    #expect(abs(square - 0.7737) < 0.02)
    #expect(far.normals(20_000, within: .infinity) == numbers)
  }

  @Test("a sample without replacement is a uniform choice of different numbers")
  func sample() {
    var counts = [Int](repeating: 0, count: 7)
    var stream = RandomStream(seed: 1, purpose: .test)
    for _ in 0..<7_000 {
      let drawn = stream.sample(3, below: 7)
      #expect(Set(drawn).count == 3)
      for number in drawn { counts[number] += 1 }
    }
    #expect(counts.allSatisfy { abs($0 - 3_000) < 200 })
  }
}
