import Foundation
import Synchronization
import Testing
import Threads

@testable import DataPrep

@Suite struct OrderedWorkTests {
  private struct Failure: Error {}

  /// Puts the numbers below `count` in, each of `bytes`, and works on them in three threads.
  private func start(_ work: OrderedWork<Int, Int>, count: Int, bytes: Int, _ result: Result<Void, any Error>)
    -> ThreadGroup
  {
    Threads.start(4, named: "work") { thread in
      guard thread == 0 else {
        return work.work { number in
          // Earlier ones take longer, so that they end after later ones.
          usleep(UInt32(1000 * (3 - number % 4)))
          return number * number
        }
      }
      for number in 0..<count {
        guard (try? work.put(number, bytes: bytes)) != nil else { return }
      }
      work.finish(result)
    }
  }

  @Test("outputs come in the order of the inputs, however long each takes", arguments: [1, 1000])
  func order(byteLimit: Int) throws {
    let work = OrderedWork<Int, Int>(byteLimit: byteLimit)
    let group = start(work, count: 200, bytes: 10, .success(()))
    var outputs: [Int] = []
    while let output = try work.take() { outputs.append(output) }
    group.wait()
    #expect(outputs == (0..<200).map { $0 * $0 })
  }

  @Test("no more bytes are on the way than the limit, and one input always may be")
  func limit() throws {
    final class Counter: Sendable {
      let put = Atomic(0)
    }
    let counter = Counter()
    let work = OrderedWork<Int, Int>(byteLimit: 50)
    let group = Threads.start(2, named: "work") { thread in
      guard thread == 0 else { return work.work { $0 } }
      for number in 0..<30 {
        try? work.put(number, bytes: number == 20 ? 500 : 10)
        counter.put.add(1, ordering: .relaxed)
      }
      work.finish(.success(()))
    }
    for taken in 0..<30 {
      usleep(2000)
      // The one that is taken next is on the way too.
      #expect(counter.put.load(ordering: .relaxed) <= taken + 5)
      #expect(try work.take() == taken)
    }
    #expect(try work.take() == nil)
    group.wait()
  }

  @Test("an error of the reader comes after what it had put in")
  func readerFails() throws {
    let work = OrderedWork<Int, Int>(byteLimit: 1000)
    let group = start(work, count: 20, bytes: 10, .failure(Failure()))
    for number in 0..<20 { #expect(try work.take() == number * number) }
    #expect(throws: Failure.self) { try work.take() }
    group.wait()
  }

  @Test("when the taker stops, everyone ends")
  func takerStops() throws {
    let work = OrderedWork<Int, Int>(byteLimit: 100)
    let group = start(work, count: 1_000_000, bytes: 10, .success(()))
    _ = try work.take()
    work.stop()
    group.wait()
    #expect(throws: OrderedWork<Int, Int>.Stopped.self) { try work.take() }
  }
}
