import Foundation

extension Rule {
  /// Nothing depends on one machine: no text names the place of this checkout or a home folder, and an address is one of
  /// few that are known.
  static let machine = Rule(
    name: "machine",
    violations: { tree in
      let marks = [tree.place, "/home/", "/Users/", "://"].filter { !$0.isEmpty }
      var result: [Violation] = []
      // Most texts have none of these, which is quickly seen.
      for (path, text) in tree.texts.sorted(by: { $0.key < $1.key })
      where !path.hasPrefix("Tests/RulesTests/") && marks.contains(where: { text.holds($0) }) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
          func add(_ message: String) { result.append(Violation(path: path, line: index + 1, message: message)) }
          if !tree.place.isEmpty, line.contains(tree.place) { add("\(tree.place) is a path of this machine") }
          // The user researcher is made by the booted test.
          for match in line.matches(of: /(?:^|[^\w.$])(\/(?:home|Users)\/\w+)/) where match.1 != "/home/researcher" {
            add("\(match.1) is a path of some machine")
          }
          for match in line.matches(of: /\w:\/\/([\w-]+(?:\.[\w-]+)+)/) where !isKnown(match.1) {
            add("\(match.1) is none of the known sites")
          }
        }
      }
      return result
    },
    planted: [
      Planted(
        ["scripts/test": "#!/bin/sh\ncd /somewhere/lopt\n"], place: "/somewhere/",
        said: "scripts/test:2: /somewhere/ is a path of this machine"),
      Planted(["a.py": "open('/home/me/x')\n"], said: "a.py:1: /home/me is a path of some machine"),
      Planted(
        [
          "scripts/python":
            "# https://www.swift.org\npip install --index-url https://packages.example.com/simple numpy\n"
        ],
        said: "scripts/python:2: packages.example.com is none of the known sites"),
    ])

  private static let sites: Set<Substring> = [
    "127.0.0.1", "arxiv.org", "creativecommons.org", "github.com", "keepachangelog.com", "www.apache.org",
    "www.debian.org", "www.swift.org", "www.tensorflow.org", "www.w3.org",
  ]

  /// Whether a site is meant to be named; `example.org` is for examples, and no name under `invalid` leads anywhere (RFC 2606).
  private static func isKnown(_ site: Substring) -> Bool {
    sites.contains(site) || site.hasSuffix("example.org") || site.hasSuffix(".invalid")
  }
}

extension String {
  /// Whether the text holds a word; quicker than `contains` on a long text.
  fileprivate func holds(_ word: String) -> Bool { withCString { strstr($0, word) != nil } }
}
