import Testing

@testable import Files

@Suite struct UserPathTests {
  @Test("a path that begins with ~ is refused, with what to write instead")
  func tilde() {
    #expect(
      UserPath.fault("~/runs/a")
        == "the path ~/runs/a begins with ~, which no shell has expanded: write $HOME/runs/a, or ./~/runs/a for a folder "
        + "named ~")
    #expect(UserPath.fault("~")?.contains("write $HOME, or ./~ for") == true)
    #expect(UserPath.fault("~root/a")?.contains("that user's home folder, or ./~root/a") == true)
  }

  @Test("any other path is taken as it is", arguments: ["", "./~/a", "/~/a", "a/~", "~nobody-of-this-name", "a~"])
  func others(path: String) { #expect(UserPath.fault(path) == nil) }
}
