import Engine
import Testing

@testable import Experiments

@Suite struct SyntheticImagesTests {
  private func batch(seed: UInt64 = 1, task: Int = 0, use: BatchUse = .inner, step: Int = 0) -> Batch {
    var settings = SyntheticImages.Settings()
    settings.images = 200
    let images = SyntheticImages(settings, seed: seed).task(task)
    var batch = Batch(size: 64, shape: images.shape)
    images.fill(&batch, for: use, step: step)
    return batch
  }

  @Test("a minibatch is a function of seed, task, use and step, and of nothing else")
  func function() {
    #expect(batch() == batch())
    let others = [
      batch(seed: 2), batch(task: 1), batch(step: 1), batch(use: .outer(index: 0, .train)),
      batch(use: .outer(index: 1, .train)), batch(use: .outer(index: 0, .validation)),
    ]
    for (index, other) in others.enumerated() {
      #expect(other != batch())
      for another in others[..<index] { #expect(other != another) }
    }
  }

  @Test("pixels are in 0 … 1, and every class comes up")
  func range() {
    let batches = (0..<10).map { batch(step: $0) }
    #expect(batches.allSatisfy { $0.pixels.allSatisfy { (0...1).contains($0) } })
    #expect(Set(batches.flatMap(\.labels)) == Set(0..<10))
  }
}
