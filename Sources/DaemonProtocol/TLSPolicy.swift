/// What both ends agree on where they speak TLS.
package enum TLSPolicy {
  /// The cipher suites of TLS 1.2, as OpenSSL writes them: those with forward secrecy that also authenticate what they
  /// encrypt. No CBC, and no RSA without a key exchange of its own. TLS 1.3 has no others.
  package static let cipherSuites = "ECDHE+AESGCM:ECDHE+CHACHA20"
}
