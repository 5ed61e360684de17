/// The version of this release. `--version` of every tool prints it, and files record it as their maker.
public let toolVersion = "0.1.0"

/// The beginning of the paths of pages and samples that help and messages name: the folder into which the package puts
/// them in a build for it (`scripts/package`), and nothing in any other, where they are below the checkout's top folder.
package var documentationRoot: String {
  #if LOPT_PACKAGE
    return "/usr/share/doc/lopt/"
  #else
    return ""
  #endif
}
