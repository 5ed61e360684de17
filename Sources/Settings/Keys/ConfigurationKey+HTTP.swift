import Files

extension ConfigurationKey {
  /// The keys of the daemon's HTTP interface.
  static let http = [
    ConfigurationKey(
      "http.tcp", \.http.tcp, "Whether the daemon serves over TCP.",
      .fault { value, configuration in
        value || configuration.http.socket != nil
          ? nil : Fault("is false, and http.socket names no Unix socket: only its owner could reach it")
      }),
    ConfigurationKey(
      "http.host", \.http.host, "The address that the daemon serves on.",
      more: "One that others may reach needs a token and TLS ([http.md](http.md)).", as: .text,
      .must("not be empty") { !$0.isEmpty },
      .fault { value, configuration in
        let http = configuration.http
        guard http.tcp, !["127.0.0.1", "::1", "localhost"].contains(value) else { return nil }
        let reachable = "is \(value), which others may reach: set"
        if http.tokenFile == nil, http.readTokenFile == nil {
          return Fault("\(reachable) http.token_file to the file of a bearer token")
        }
        guard http.tls.certificate == nil, !http.tls.terminatedElsewhere else { return nil }
        return Fault(
          "\(reachable) http.tls.certificate and http.tls.key, or http.tls.terminated_elsewhere where another server "
            + "does TLS before this one")
      }),
    ConfigurationKey(
      "http.port", \.http.port, "The port that the daemon serves on; 0: any that is free.", .range(0...65_535)),
    ConfigurationKey(
      "http.socket", \.http.socket, "The path of a Unix socket that the daemon serves on.",
      more:
        "Where none is given, it is `daemon.sock` in the state folder, for its owner alone ([http.md](http.md#who-may-ask)).",
      absence: "none", as: .path,
      // sockaddr_un has 108 bytes for it, the last of them zero.
      .must("be a path of at most 107 bytes") { ($0?.utf8.count ?? 0) < 108 }),
    ConfigurationKey(
      "http.token_file", \.http.tokenFile, "The file of the token that requests over TCP must bring.",
      more: "It is read again at SIGHUP.", absence: "none", as: .path),
    ConfigurationKey(
      "http.read_token_file", \.http.readTokenFile,
      "The file of another token, with which requests over TCP may only read.",
      more: "It is read again at SIGHUP ([http.md](http.md#who-may-ask)).", absence: "none", as: .path),
    ConfigurationKey(
      "http.allow_readable_secrets", \.http.allowReadableSecrets,
      "Take tokens and private keys from files that every user of the machine may read.",
      more: "The key for signing too ([http.md](http.md#who-may-read-the-secrets))."),
    ConfigurationKey(
      "http.host_names", \.http.hostNames,
      "Names of hosts that are answered for over TCP without a token, beside addresses and `localhost`.",
      more: "An array ([http.md](http.md#for-which-host)).",
      .must("be at most 64 names of hosts, without a port") { names in
        names.count <= 64 && names.allSatisfy(isHostName)
      }),
    ConfigurationKey(
      "http.tls.certificate", \.http.tls.certificate, "The certificate for TLS over TCP, its chain behind it.",
      more: "A PEM file, read again at SIGHUP.", absence: "none", as: .path,
      .fault { value, configuration in value == nil ? nil : .ofLonely(configuration.http.tls) }),
    ConfigurationKey(
      "http.tls.key", \.http.tls.key, "The certificate's private key.", more: "A PEM file, read again at SIGHUP.",
      absence: "none", as: .path,
      .fault { value, configuration in value == nil ? nil : .ofLonely(configuration.http.tls) }),
    ConfigurationKey(
      "http.tls.terminated_elsewhere", \.http.tls.terminatedElsewhere,
      "Another server before this one does TLS."),
  ]
}

/// Returns whether a text can be the name of a host.
private func isHostName(_ name: String) -> Bool {
  !name.isEmpty && name.utf8.count <= 253
    && name.utf8.allSatisfy { $0.isLetterOrDigit || "-._".utf8.contains($0) }
}

extension Fault {
  /// Returns the fault of a certificate without its key, or the other way round; nil where both or neither are there.
  fileprivate static func ofLonely(_ tls: Configuration.HTTP.TLS) -> Fault? {
    (tls.certificate == nil) == (tls.key == nil)
      ? nil : Fault("needs both certificate and key, or neither", group: "http.tls")
  }
}
