/// The version of this release. `--version` of every tool prints it, and files record it as their maker.
public let toolVersion = "0.1.0"
