import Foundation
import TestSupport
import Testing

/// The units that the package installs.
@Suite struct UnitFileTests {
  static let folder = Repository.root.appending(path: "systemd")
  static let analyzer = URL(filePath: "/usr/bin/systemd-analyze")

  @Test("lopt-daemon@.service is lopt-daemon.service, with the instance's name for `default`, and without TCP")
  func template() throws {
    let plain = try String(contentsOf: Self.folder.appending(path: "lopt-daemon.service"), encoding: .utf8)
    let template = try String(contentsOf: Self.folder.appending(path: "lopt-daemon@.service"), encoding: .utf8)
    let expected =
      plain
      .replacing(
        "Description=Outer-training of a learned optimizer",
        with: "Description=Outer-training of a learned optimizer, %i"
      )
      .replacing("/etc/lopt/lopt.json", with: "/etc/lopt/%i.json --default http.tcp=false")
      .replacing("/default", with: "/%i")
    func settings(_ text: String) -> [Substring] { text.split(separator: "\n").filter { !$0.hasPrefix("#") } }
    #expect(settings(template) == settings(expected))
  }

  @Test(
    "systemd-analyze rates the exposure of the units at most 1.5",
    .enabled(if: FileManager.default.isExecutableFile(atPath: analyzer.path)),
    arguments: ["lopt-daemon.service", "lopt-daemon@.service"])
  func exposure(name: String) throws {
    let rated = try ToolProcess(
      executable: Self.analyzer,
      ["security", "--offline=true", "--threshold=15", "--no-pager", Self.folder.appending(path: name).path]
    ).wait()
    #expect(rated.exitCode == 0 && rated.output.contains("Overall exposure level"), "\(rated.output)\(rated.errors)")
  }
}
