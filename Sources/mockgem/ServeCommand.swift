import Diagnostics
import Playback
import Scenarios
import Synchronization
import Transport
import Wire

/// `mockgem serve [FILE…]`: plays scenarios to whoever connects.
enum ServeCommand: Command {
  static let name = "serve"
  static let summary = "Serves scenarios: HTTP, WebSocket and TLS on one port."
  static let usage = "[FILE|FOLDER...] [--option value]"
  static let words = 0...1000
  static let options = [
    OptionRule("port", "N", "the port; 0 takes any free one (default 8080)"),
    OptionRule("host", "ADDRESS", "where to listen (default localhost: 127.0.0.1 and ::1)"),
    OptionRule("ready-file", "FILE", "a file that gets the ready line once connections are served"),
    OptionRule(
      "record", "DIR",
      "writes a transcript of every connection, and the journal of all requests, into DIR"),
    OptionRule(
      "control", "serves the control API at any address and name, not this machine's own alone"),
    OptionRule("cert", "FILE", "a PEM certificate chain instead of mockgem's own"),
    OptionRule("key", "FILE", "the private key of --cert"),
    OptionRule("no-tls", "serves plain HTTP and ws:// only"),
    OptionRule("loops", "N", "threads that serve WebSockets (default 1)"),
    OptionRule("isolate", "key|connection", "who shares state: an API key's connections, or none"),
    OptionRule(
      "fault", "FAULT",
      "a fault on every connection, such as 'reset after 3 audio chunks'; repeatable",
      isRepeatable: true),
    OptionRule(
      "accept", "FATE N-M",
      "what becomes of connections before they are read, counted from 1: "
        + "\(AcceptRule.words.joined(separator: ", ")), such as 'reset 1-2'; repeatable",
      isRepeatable: true),
    OptionRule(
      "tls", "FLAW",
      "a certificate that clients must refuse: "
        + Certificate.Flaw.allCases.map(\.rawValue).joined(separator: ", ")),
    OptionRule("default", "NAME", "the scenario of clients that choose none (default the first)"),
    OptionRule("watch", "reads the files again when they change"),
    OptionRule("root", "DIR", "the folder that no file of a scenario may lie outside of"),
    OptionRule("quiet", "logs errors only"),
  ]

  static func run(_ arguments: Arguments) throws(Failure) {
    let isolation = try isolation(arguments)
    let loops = try arguments.integer("loops", in: 1...64) ?? 1
    let scenarios = ServedScenarios(
      words: arguments.words, standard: arguments.text("default"), root: arguments.text("root"))
    let stamp = scenarios.stamp
    let repertoire = try repertoire(of: scenarios)
    var settings = Stage.Settings(
      repertoire, protocols: Catalogue.protocols, epoch: Clock.epoch, isolation: isolation,
      isRecording: arguments.has("record"))
    settings.isJournalWritten = arguments.has("record")
    settings.isControlled = isControlled(arguments)
    settings.isControlOpen = arguments.has("control")
    settings.faults = try faults(arguments)
    var configuration = Server.Configuration(makeApplication: { [settings] in Stage(settings) })
    configuration.loops = loops
    configuration.chooseLoop = loopChoice(settings, loops)
    configuration.port = UInt16(try arguments.integer("port", in: 0...65_535) ?? 8080)
    configuration.host = arguments.text("host") ?? "localhost"
    configuration.certificate = try certificate(arguments)
    let accepting = try acceptRules(arguments)
    if !accepting.isEmpty { configuration.admit = { AcceptRule.admission(of: $0, by: accepting) } }
    configuration.log = log
    if arguments.has("quiet") { configuration.isLogged = { $0 == .error } }
    if let directory = arguments.text("record") {
      try Files.makeDirectory(directory)
      configuration.record = record(into: directory)
    }
    let server = try start(configuration)
    try announce(server, configuration.certificate, arguments)
    if arguments.has("watch") {
      watch(scenarios, since: stamp, for: server)
    } else {
      Signals.waitForTermination()
    }
    if arguments.has("record") { conclude(server, configuration.record) }
    server.stop()
  }

  /// Writes down what the end of a run shows.
  static func conclude(
    _ server: Server, _ record: @escaping @Sendable (_ line: [UInt8], _ file: String) -> Void
  ) {
    server.update { application in
      guard let stage = application as? Stage else { return }
      for case .record(let line, let file) in stage.conclusion(at: Clock.now()) {
        record(line, file)
      }
    }
  }

  static func repertoire(of scenarios: ServedScenarios) throws(Failure) -> Repertoire {
    do {
      let (repertoire, warnings) = try scenarios.read()
      var report = DiagnosticReport(.text)
      report.add(warnings)
      return repertoire
    } catch {
      var report = DiagnosticReport(.text)
      report.add(error.diagnostics)
      throw error.diagnostics.isEmpty ? error : .badInput([])
    }
  }

  /// Takes in changed files until the process is asked to end; wrong ones change nothing.
  private static func watch(
    _ scenarios: ServedScenarios, since stamp: [String?], for server: Server
  ) {
    var last = stamp
    while !Signals.waitForTermination(atMost: .milliseconds(300)) {
      let stamp = scenarios.stamp
      if stamp == last { continue }
      last = stamp
      do {
        let repertoire = try repertoire(of: scenarios)
        server.update { application in
          guard var stage = application as? Stage else { return }
          stage.replace(repertoire)
          application = stage
        }
        Terminal.log("mockgem: the scenarios were read again")
      } catch {
        for line in error.lines { Terminal.log(line) }
        Terminal.log("mockgem: warning: the scenarios stay as they were")
      }
    }
  }

  static func faults(_ arguments: Arguments) throws(Failure) -> [FaultOrder] {
    var orders: [FaultOrder] = []
    for text in arguments.texts("fault") {
      do throws(FaultPhrase.Mistake) {
        orders.append(
          FaultOrder(text, plan: try FaultPhrase.read(text), number: orders.count + 1))
      } catch {
        throw arguments.usage("--fault '\(text)': \(error.message)", hint: error.hint)
      }
    }
    return orders
  }

  /// Whoever reaches the control API sees and changes everything.
  static func isControlled(_ arguments: Arguments) -> Bool {
    let host = arguments.text("host") ?? "localhost"
    let isOwn = host == "localhost" || host.hasPrefix("127.") || host == "::1"
    return isOwn || arguments.has("control")
  }

  private static func acceptRules(_ arguments: Arguments) throws(Failure) -> [AcceptRule] {
    var rules: [AcceptRule] = []
    for text in arguments.texts("accept") {
      guard let rule = AcceptRule(text) else {
        throw arguments.usage(
          "--accept '\(text)' says nothing",
          hint: "one of \(AcceptRule.words.joined(separator: ", ")), and which, such as '1-2'")
      }
      rules.append(rule)
    }
    return rules
  }

  private static func flaw(_ arguments: Arguments) throws(Failure) -> Certificate.Flaw? {
    guard let word = arguments.text("tls") else { return nil }
    if let flaw = Certificate.Flaw(rawValue: word) { return flaw }
    let words = Certificate.Flaw.allCases.map(\.rawValue)
    throw arguments.usage("unknown flaw '\(word)'", hint: Spelling.hint(for: word, among: words))
  }

  private static func isolation(_ arguments: Arguments) throws(Failure) -> Isolation {
    switch arguments.text("isolate") {
    case nil, "key": return .key
    case "connection": return .connection
    case .some(let word):
      throw arguments.usage("unknown isolation '\(word)'", hint: "'key' or 'connection'")
    }
  }

  static func certificate(_ arguments: Arguments) throws(Failure) -> CertificateFiles? {
    let own = (arguments.text("cert"), arguments.text("key"))
    let flaw = try flaw(arguments)
    if flaw != nil, own != (nil, nil) || arguments.has("no-tls") {
      throw arguments.usage("'--tls' makes a certificate of its own")
    }
    if arguments.has("no-tls") {
      if own != (nil, nil) { throw arguments.usage("'--no-tls' leaves no use for a certificate") }
      return nil
    }
    switch own {
    case (let chain?, let key?): return CertificateFiles(chain: chain, key: key)
    case (nil, nil):
      try Files.makeDirectory(StateDirectory.path, mode: 0o700)
      do {
        if let flaw { return try Certificate.prepare(in: StateDirectory.path, with: flaw) }
        return try Certificate.prepare(in: StateDirectory.path)
      } catch {
        throw Failure(error)
      }
    case (_, nil), (nil, _): throw arguments.usage("'--cert' and '--key' go together")
    }
  }

  static func start(_ configuration: Server.Configuration) throws(Failure) -> Server {
    Signals.holdTermination()
    Terminal.beginLog()
    do {
      return try Server(configuration)
    } catch {
      throw Failure(error)
    }
  }

  /// A namespace lives on one loop. Where every connection has its own, they are dealt out in turn.
  private static func loopChoice(_ settings: Stage.Settings, _ loops: Int)
    -> @Sendable (Request) -> Int
  {
    switch settings.isolation {
    case .key: return { settings.affinity(of: $0) % loops }
    case .connection:
      let turn = Turn()
      return { _ in turn.next() % loops }
    }
  }

  private final class Turn: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue & Int.max }
  }

  @Sendable static func log(_ line: LogLine) {
    let level = line.level == .info ? "" : "\(line.level.rawValue): "
    Terminal.log("mockgem: \(level)\(line.text)")
  }

  static func record(into directory: String) -> @Sendable ([UInt8], String) -> Void {
    // As many names as there are files: a file of an earlier run is begun anew.
    let begun = Mutex<Set<String>>([])
    return { line, file in
      let isNew = begun.withLock { $0.insert(file).inserted }
      if !Files.append(line, to: "\(directory)/\(file)", isNew: isNew) {
        Terminal.log("mockgem: error: \(Files.unwritable("\(directory)/\(file)").lines[0])")
      }
    }
  }

  /// The ready line is the only one on stdout; what a user may copy goes to stderr.
  private static func announce(
    _ server: Server, _ certificate: CertificateFiles?, _ arguments: Arguments
  ) throws(Failure) {
    let ready = "mockgem: ready \(server.addresses.joined(separator: " "))"
    if !arguments.has("quiet"), let plain = server.addresses.first {
      Terminal.log("mockgem: for OpenAI's SDKs: OPENAI_BASE_URL=\(plain)/v1 OPENAI_API_KEY=any")
      if let authority = certificate?.authority, let secure = server.addresses.last {
        Terminal.log(
          "mockgem: for Google's SDKs: GOOGLE_GEMINI_BASE_URL=\(secure) GEMINI_API_KEY=any "
            + "SSL_CERT_FILE=\(authority) NODE_EXTRA_CA_CERTS=\(authority)")
      }
    }
    if let path = arguments.text("ready-file") { try Files.replace(path, with: ready + "\n") }
    Terminal.output(ready)
  }
}

extension Failure {
  init(_ error: TransportError) {
    let code: ExitCode =
      switch error.kind {
      case .unavailable, .addressMissing: .unavailable
      case .badInput: .badInput
      }
    self.init(code, error.message, hint: error.hint)
  }
}
