import Foundation
import TestSupport
import Testing

/// A certificate that vouches for itself, made by openssl.
struct TestCertificate {
  static let openssl = URL(filePath: "/usr/bin/openssl")
  static var canBeMade: Bool { FileManager.default.fileExists(atPath: openssl.path) }

  /// The certificate and its key, PEM.
  var certificate: URL
  var key: URL

  /// Makes one in a folder.
  /// - Parameters:
  ///   - name: what its files are called.
  ///   - hosts: the names it is for, as openssl writes them.
  init(_ name: String, for hosts: String = "DNS:localhost,IP:127.0.0.1", in folder: URL) throws {
    certificate = folder.appending(path: "\(name).pem")
    key = folder.appending(path: "\(name)-key.pem")
    let made = try ToolProcess(
      executable: Self.openssl,
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key.path,
        "-out",
        certificate.path, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=\(hosts)",
      ]
    ).wait()
    try #require(made.exitCode == 0, "\(made.errors)")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key.path)
  }
}
