/// What was read anew from the file of a secret, to be taken once everything could be read.
struct Renewal {
  /// What the log says of it where it is another one, such as `http.token_file: another token`.
  var name: String
  /// Whether it differs from what is in use.
  var isChanged: Bool
  /// Puts it to use.
  var take: () -> Void
}
