import Foundation

/// What begins a command that runs a program to which permissions apply: as root a program may open everything.
package enum Unprivileged {
  /// Words of env(1)'s command line; none where this process is not root.
  package static var words: [String] {
    guard geteuid() == 0 else { return [] }
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
  }
}
