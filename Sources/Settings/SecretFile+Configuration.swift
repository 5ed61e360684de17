package import Files

extension SecretFile {
  /// Checks that not everybody may read the file of a secret that a configuration names.
  ///
  /// - Parameters:
  ///   - path: the path of the file.
  ///   - key: the property of the configuration that names it.
  ///   - allowsReadable: whether everybody may read it (`http.allow_readable_secrets`).
  /// - Throws: ``ConfigurationError`` where everybody may. A file that cannot be looked at is left to who reads it.
  package static func check(_ path: String, of key: PartialKeyPath<Configuration>, allowsReadable: Bool) throws {
    guard !allowsReadable else { return }
    do { try check(path) } catch let error as ReadableSecret {
      throw ConfigurationError(key, "\(error), or allow it by \(ConfigurationKey.of(\.http.allowReadableSecrets))")
    } catch is FileError {}
  }
}
