/// The version of this release: what `--version` of every tool prints, and what files record as their maker.
public let toolVersion = "0.1.0"
