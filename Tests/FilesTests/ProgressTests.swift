import Files
import Testing

@Suite struct ProgressTests {
  @Test("the line shows share, rate and the time that is left")
  func line() {
    let progress = Progress("shards", unit: "images", total: 1000, display: .none)
    progress.advance(by: 250)
    #expect(progress.line(after: .seconds(10)) == "shards █████··············· 250/1000 images  25.0/s  ETA 0:30")
  }

  @Test("work of an earlier run does not count in the rate")
  func resumed() {
    let progress = Progress("tasks", unit: "tasks", total: 100, display: .none)
    progress.resume(at: 50)
    progress.advance(by: 10)
    #expect(progress.line(after: .seconds(10)).hasSuffix("60/100 tasks  1.0/s  ETA 0:40"))
  }

  @Test("skipped work does not count in the rate")
  func skipped() {
    let progress = Progress("tasks", unit: "tasks", total: 100, display: .none)
    progress.advance(by: 10)
    progress.skip(50)
    #expect(progress.line(after: .seconds(10)).hasSuffix("60/100 tasks  1.0/s  ETA 0:40"))
  }

  @Test("work that turns out to be needed counts in the share and in the time that is left")
  func expected() {
    let progress = Progress("evaluating", unit: "runs", total: 10, display: .none)
    progress.advance(by: 10)
    progress.expect(30)
    #expect(progress.line(after: .seconds(10)) == "evaluating █████··············· 10/40 runs  1.0/s  ETA 0:30")
  }

  @Test("a time that is left beyond every life is told as such")
  func decades() {
    let progress = Progress("outer-training", unit: "outer-iterations", total: 1_000_000_000_000_000, display: .none)
    progress.advance()
    #expect(progress.line(after: .seconds(1_000_000)).hasSuffix("ETA decades"))
  }

  @Test("a line of unknown total has neither a bar nor a time")
  func withoutTotal() {
    let progress = Progress("shards", unit: "images", total: nil, display: .none)
    progress.advance(by: 500)
    #expect(progress.line(after: .seconds(5)) == "shards 500 images  100/s")
  }

  @Test("where steps differ in their work, share and time are told by the work")
  func weights() {
    let progress = Progress("suite", unit: "steps", total: 0, display: .none)
    progress.expect(100, weight: 1)
    progress.expect(100, weight: 9)
    progress.skip(20)
    progress.advance(by: 80)
    progress.advance(by: 20, weight: 9)
    #expect(
      progress.line(after: .seconds(10)) == "suite █████··············· 120/200 steps  10.0/s  ETA 0:28")
  }
}
