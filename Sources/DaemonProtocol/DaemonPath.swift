/// The paths of the daemon's HTTP interface (Documentation/http.md): the daemon serves them, and its clients ask for them.
public enum DaemonPath {
  /// Answers `GET` whenever the daemon runs.
  public static let health = "/healthz"
  /// Answers `GET` with 200 where there is a snapshot that verifies, else with 503.
  public static let readiness = "/readyz"
  /// Answers `GET` with numbers for Prometheus.
  public static let metrics = "/metrics"
  /// Answers `GET` with a ``DaemonStatus``.
  public static let status = "/v1/status"
  /// Answers `GET` with the log of the run, thinned, in columns.
  public static let history = "/v1/history"
  /// Pauses training by `POST`; answers with a ``PauseState``.
  public static let pause = "/v1/pause"
  /// Lets training go on by `POST`; answers with a ``PauseState``.
  public static let resume = "/v1/resume"
  /// Writes a snapshot by `POST`; answers with its record.
  public static let snapshotNow = "/v1/snapshot-now"
  /// Answers `GET` with a ``SnapshotList``.
  public static let snapshots = "/v1/snapshots"

  /// Answers `GET` with the file of the snapshot of a name, and with its record in the field ``recordField``; or, for
  /// the name of an alias (`latest`, `best`, `latest-average`, `best-average`), with the record of the snapshot that it
  /// stands for.
  public static func snapshot(_ name: String) -> String { "\(snapshots)/\(name)" }

  /// Pins a snapshot by `POST`, or gives it up to retention again; answers with the snapshot as it is listed.
  public static func pinning(_ name: String, _ isPinned: Bool) -> String {
    "\(snapshot(name))/\(isPinned ? "pin" : "unpin")"
  }

  /// The field of an answer's head that holds the record of a snapshot, as one line of JSON.
  public static let recordField = "Lopt-Record"
}
