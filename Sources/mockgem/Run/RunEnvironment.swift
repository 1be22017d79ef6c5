import Playback
import Scenarios
import Transport

/// What a client that is run finds in its environment.
struct RunEnvironment {
  /// In the order a person would look for them.
  let variables: [(name: String, value: String)]

  /// Where the systems keep the authorities they trust: Debian, Fedora, Alpine and macOS.
  private static let systemBundles = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
  ]

  /// `addresses` are the server's, the plain one first.
  init(_ addresses: [String], _ certificate: CertificateFiles?, _ repertoire: Repertoire)
    throws(Failure)
  {
    let plain = addresses.first ?? ""
    let secure = certificate == nil ? plain : addresses.last ?? plain
    let scenario = repertoire.standard.scenario
    let key = scenario.selection.key ?? scenario.keys?.first ?? "mockgem"
    var variables = [
      ("MOCKGEM_URL", plain),
      ("OPENAI_BASE_URL", "\(plain)/v1"),
      ("OPENAI_API_KEY", key),
      // google-genai speaks wss whatever the scheme, so it is told where TLS is.
      ("GOOGLE_GEMINI_BASE_URL", secure),
      ("GEMINI_API_KEY", key),
      ("GOOGLE_API_KEY", key),
    ]
    for name in ["NO_PROXY", "no_proxy"] {
      let others = Environment.value(name).map { ",\($0)" } ?? ""
      variables.append((name, "127.0.0.1,localhost,::1\(others)"))
    }
    if certificate != nil { variables.insert(("MOCKGEM_TLS_URL", secure), at: 1) }
    if let authority = certificate?.authority {
      let bundle = try RunEnvironment.bundle(with: authority)
      variables += [
        ("SSL_CERT_FILE", bundle), ("REQUESTS_CA_BUNDLE", bundle),
        ("NODE_EXTRA_CA_CERTS", authority),
      ]
    }
    self.variables = variables
  }

  /// The whole environment: ours wins over what was there.
  var all: [String] {
    let names = Set(variables.map(\.name))
    let others = Environment.all.filter { entry in
      !names.contains(String(entry.prefix { $0 != "=" }))
    }
    return others + variables.map { "\($0.name)=\($0.value)" }
  }

  /// As Docker and others read it.
  var file: String { variables.map { "\($0.name)=\($0.value)\n" }.joined() }

  /// Our authority together with those that are trusted anyway, for variables that replace them.
  private static func bundle(with authority: String) throws(Failure) -> String {
    let path = "\(StateDirectory.path)/bundle.pem"
    let own = Environment.value("SSL_CERT_FILE").map { [$0] } ?? []
    var bytes = try Files.read(authority)
    for candidate in own + systemBundles where candidate != path {
      guard let trusted = try? Files.read(candidate) else { continue }
      bytes += trusted
      break
    }
    try Files.replace(path, with: bytes)
    return path
  }
}
