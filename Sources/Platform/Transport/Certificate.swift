import COpenSSL
import Glibc

/// The PEM files a TLS server reads.
package struct CertificateFiles: Hashable, Sendable {
  /// The server's certificate, then the ones that signed it.
  package let chain: String
  package let key: String
  /// What a client must trust; nil when the user brought the certificate.
  package let authority: String?

  package init(chain: String, key: String, authority: String? = nil) {
    self.chain = chain
    self.key = key
    self.authority = authority
  }
}

/// A certificate authority of the user's own, so that TLS needs no set-up.
package enum Certificate {
  private static let validDays = 730
  /// Made anew when it has less than this left: a run must not outlive its certificate.
  private static let renewalDays = 30

  /// The files in `directory`, made where they are missing or too old.
  ///
  /// Several processes may do so at once: the first one makes them, the others wait for it.
  package static func prepare(in directory: String) throws(TransportError) -> CertificateFiles {
    let files = CertificateFiles(
      chain: "\(directory)/server.pem", key: "\(directory)/server.key",
      authority: "\(directory)/ca.pem")
    if isUsable(files) { return files }
    let lock = open("\(directory)/lock", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else { throw unwritable("\(directory)/lock") }
    // Closing gives the lock back, as does a death.
    defer { close(lock) }
    while flock(lock, LOCK_EX) != 0, errno == EINTR {}
    if !isUsable(files) { try make(files) }
    return files
  }

  /// What is wrong with a certificate on purpose, and nothing else is.
  package enum Flaw: String, CaseIterable, Sendable {
    /// It was valid until yesterday.
    case expired
    /// It is for another host.
    case wrongHost = "wrong_host"
    /// Nobody knows who signed it.
    case unknownAuthority = "unknown_ca"
  }

  /// The files of a certificate that clients must refuse, made anew in a folder of `directory`.
  ///
  /// The authority is the one to trust: with it the flaw is the only reason to refuse.
  package static func prepare(in directory: String, with flaw: Flaw) throws(TransportError)
    -> CertificateFiles
  {
    let usual = try prepare(in: directory)
    let folder = "\(directory)/tls-\(flaw.rawValue)"
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw unwritable(folder) }
    let files = CertificateFiles(
      chain: "\(folder)/server.pem", key: "\(folder)/server.key", authority: "\(folder)/ca.pem")
    try make(files, with: flaw)
    guard flaw == .unknownAuthority else { return files }
    return CertificateFiles(chain: files.chain, key: files.key, authority: usual.authority)
  }

  /// Whether the files are there, belong together, and last.
  private static func isUsable(_ files: CertificateFiles) -> Bool {
    guard let certificate = read(files.chain, { PEM_read_bio_X509($0, nil, nil, nil) }) else {
      return false
    }
    defer { X509_free(certificate) }
    guard let key = read(files.key, { PEM_read_bio_PrivateKey($0, nil, nil, nil) }) else {
      return false
    }
    defer { EVP_PKEY_free(key) }
    var limit = time(nil) + renewalDays * 86_400
    defer { ERR_clear_error() }
    return X509_check_private_key(certificate, key) == 1
      && X509_cmp_time(X509_get0_notAfter(certificate), &limit) > 0
      && isSigned(certificate, by: files.authority ?? "")
  }

  private static func isSigned(_ certificate: OpaquePointer, by authority: String) -> Bool {
    guard let store = X509_STORE_new(), let context = X509_STORE_CTX_new() else { return false }
    defer {
      X509_STORE_CTX_free(context)
      X509_STORE_free(store)
    }
    return X509_STORE_load_file(store, authority) == 1
      && X509_STORE_CTX_init(context, store, certificate, nil) == 1
      && X509_verify_cert(context) == 1
  }

  private static func read(_ path: String, _ parse: (OpaquePointer) -> OpaquePointer?)
    -> OpaquePointer?
  {
    guard let file = BIO_new_file(path, "r") else { return nil }
    defer { BIO_free(file) }
    return parse(file)
  }

  private static func make(_ files: CertificateFiles, with flaw: Flaw? = nil)
    throws(TransportError)
  {
    guard let authorityKey = mockgem_ec_key(), let key = mockgem_ec_key() else {
      throw .unavailable("OpenSSL made no key")
    }
    defer {
      EVP_PKEY_free(authorityKey)
      EVP_PKEY_free(key)
    }
    let authority = certificate(
      "mockgem local CA", key: authorityKey, issuer: nil, issuerKey: authorityKey,
      extensions: [
        (NID_basic_constraints, "critical,CA:TRUE"),
        (NID_key_usage, "critical,keyCertSign,cRLSign"),
        (NID_subject_key_identifier, "hash"),
      ])
    defer { X509_free(authority) }
    let server = certificate(
      "mockgem", key: key, issuer: authority, issuerKey: authorityKey,
      extensions: [
        (NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"),
        (NID_ext_key_usage, "serverAuth"), (NID_subject_key_identifier, "hash"),
        (NID_authority_key_identifier, "keyid"),
        (NID_subject_alt_name, flaw == .wrongHost ? "DNS:elsewhere.invalid" : names),
      ], isExpired: flaw == .expired)
    defer { X509_free(server) }
    try write(files.key, mode: 0o600) { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    try write(files.authority ?? "", mode: 0o644) { PEM_write_bio_X509($0, authority) }
    try write(files.chain, mode: 0o644) {
      min(PEM_write_bio_X509($0, server), PEM_write_bio_X509($0, authority))
    }
  }

  /// Loopback, and the vendors' hosts for clients that can only be redirected by name.
  private static let names =
    "DNS:localhost,IP:127.0.0.1,IP:::1,DNS:api.openai.com,DNS:generativelanguage.googleapis.com"

  private static func certificate(
    _ name: String, key: OpaquePointer, issuer: OpaquePointer?, issuerKey: OpaquePointer,
    extensions: [(Int32, String)], isExpired: Bool = false
  ) -> OpaquePointer? {
    let certificate = X509_new()
    X509_set_version(certificate, 2)
    let serial = BN_new()
    BN_rand(serial, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY)
    BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate))
    BN_free(serial)
    // A day back, for clocks that differ.
    X509_gmtime_adj(X509_getm_notBefore(certificate), isExpired ? -10 * 86_400 : -86_400)
    X509_gmtime_adj(X509_getm_notAfter(certificate), isExpired ? -86_400 : validDays * 86_400)
    X509_set_pubkey(certificate, key)
    X509_NAME_add_entry_by_txt(
      X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, name, -1, -1, 0)
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer ?? certificate))
    var context = X509V3_CTX()
    X509V3_set_ctx(&context, issuer ?? certificate, certificate, nil, nil, 0)
    for (kind, value) in extensions {
      let entry = X509V3_EXT_conf_nid(nil, &context, kind, value)
      X509_add_ext(certificate, entry, -1)
      X509_EXTENSION_free(entry)
    }
    X509_sign(certificate, issuerKey, EVP_sha256())
    return certificate
  }

  private static func write(
    _ path: String, mode: mode_t, _ body: (OpaquePointer?) -> Int32
  ) throws(TransportError) {
    let temporary = "\(path).\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw unwritable(path) }
    let file = BIO_new_fd(descriptor, BIO_CLOSE)
    let result = body(file)
    BIO_free(file)
    guard result == 1, rename(temporary, path) == 0 else { throw unwritable(path) }
  }

  private static func unwritable(_ path: String) -> TransportError {
    .unavailable(
      "cannot write '\(path)': \(Sockets.reason())",
      hint: "set XDG_STATE_HOME to a directory that can be written, or give --cert and --key")
  }
}
