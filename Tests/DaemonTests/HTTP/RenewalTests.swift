import Files
import Foundation
import TestSupport
import Testing

@testable import Daemon
@testable import Settings

/// What the files of token, certificate and key must be, at the start and when they are renewed.
@Suite struct RenewalTests {
  private static let openssl = TestCertificate.canBeMade

  @Test("a key that is not the certificate's is refused, and the pair in use stays", .enabled(if: openssl))
  func otherKey() throws {
    try withTemporaryFolder { folder in
      let (first, second) = (try TestCertificate("a", in: folder), try TestCertificate("b", in: folder))
      let mixed = #expect(throws: ConfigurationError.self) {
        try Certificates(certificate: first.certificate.path, key: second.key.path)
      }
      #expect(mixed?.description.contains("is not the key of the certificate in \(first.certificate.path)") == true)
      let pair = try Certificates(certificate: first.certificate.path, key: first.key.path)
      #expect(try !pair.renewal().isChanged)
      func replace(_ file: URL, by other: URL) throws { try Data(contentsOf: other).write(to: file) }
      // As a renewal that was caught half-way leaves them.
      try replace(first.certificate, by: second.certificate)
      #expect(throws: ConfigurationError.self) { try pair.renewal() }
      try replace(first.key, by: second.key)
      let renewal = try pair.renewal()
      #expect(renewal.isChanged)
      renewal.take()
      #expect(try !pair.renewal().isChanged)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: first.key.path)
      let readable = #expect(throws: ConfigurationError.self) { try pair.renewal() }
      #expect(readable?.description.contains("http.tls.key") == true && readable?.description.contains("chmod") == true)
    }
  }

  @Test("tokens that everybody may read are refused, unless that is allowed") func readableToken() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "token")
      try writePrivate("0123456789abcdef", to: file, mode: 0o644)
      var settings = Configuration.HTTP()
      settings.port = 0
      for key in ["http.token_file", "http.read_token_file"] {
        settings.tokenFile = key == "http.token_file" ? file.path : nil
        settings.readTokenFile = key == "http.token_file" ? nil : file.path
        settings.allowReadableSecrets = false
        let error = #expect(throws: ConfigurationError.self) { try Listener.all(settings) }
        #expect(error?.description.hasPrefix("\(key): \(file.path)") == true)
        #expect(error?.description.contains("http.allow_readable_secrets") == true)
        settings.allowReadableSecrets = true
        #expect(try Listener.all(settings).count == 1)
      }
    }
  }

  @Test("the token for reading may not be the one for everything, at the start and later") func sameTokens() throws {
    try withTemporaryFolder { folder in
      let (control, reading) = (folder.appending(path: "control"), folder.appending(path: "reading"))
      try writePrivate("0123456789abcdef", to: control)
      try writePrivate("0123456789abcdef\n", to: reading)
      var settings = Configuration.HTTP()
      settings.tokenFile = control.path
      settings.readTokenFile = reading.path
      #expect(throws: ConfigurationError.self) { try Listener.all(settings) }
      try writePrivate("fedcba9876543210", to: reading)
      let listener = try #require(try Listener.all(settings).first)
      #expect(try listener.renewals().allSatisfy { !$0.isChanged })
      try writePrivate("0123456789abcdef", to: reading)
      #expect(throws: ConfigurationError.self) { try listener.renewals() }
    }
  }
}
