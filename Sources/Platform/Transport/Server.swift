import Glibc
import Synchronization
package import Wire

/// Serves an application on one port: HTTP, WebSocket, and both through TLS.
///
///     Acceptor -> TLSPump -> Acceptor -> Loop (HTTPFront, libwebsockets)
///
/// Threads: one for the acceptor, one for TLS, one for clients that hang up, one for faults of the
/// wire, one for each loop.
package final class Server: Sendable {
  package struct Configuration: Sendable {
    /// `localhost` stands for both loopback addresses; otherwise a literal address.
    package var host = "localhost"
    /// 0 takes any free port.
    package var port: UInt16 = 0
    package var loops = 1
    /// Nil serves no TLS.
    package var certificate: CertificateFiles?
    /// How long a request's head may take.
    package var headTimeout = Duration.seconds(3)
    /// Seconds of silence before a WebSocket is pinged, as the service was seen to; and until it is
    /// given up.
    package var pingSeconds: UInt16 = 20
    package var hangUpSeconds: UInt16 = 80
    /// Where a private folder is made for large bodies, when the first one comes.
    package var temporaryFolder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    /// Called once on start for each loop; the value stays on that loop.
    package var makeApplication: @Sendable () -> any Application
    /// Which loop serves a request: an index below `loops`.
    package var chooseLoop: @Sendable (Request) -> Int
    /// What becomes of the connection with this number, from 1, before anything of it is read;
    /// called on the acceptor's thread.
    package var admit: @Sendable (_ number: Int) -> Admission = { _ in .serve }
    package var log: @Sendable (LogLine) -> Void
    /// Whether anybody wants to see lines of a level.
    package var isLogged: @Sendable (LogLine.Level) -> Bool = { _ in true }
    package var record: @Sendable (_ line: [UInt8], _ file: String) -> Void

    /// Logs what anybody wants to see.
    @Sendable fileprivate func wanted(_ line: LogLine) { if isLogged(line.level) { log(line) } }

    package init(
      makeApplication: @escaping @Sendable () -> any Application,
      chooseLoop: @escaping @Sendable (Request) -> Int = { _ in 0 },
      log: @escaping @Sendable (LogLine) -> Void = { _ in },
      record: @escaping @Sendable (_ line: [UInt8], _ file: String) -> Void = { _, _ in }
    ) {
      self.makeApplication = makeApplication
      self.chooseLoop = chooseLoop
      self.log = log
      self.record = record
    }
  }

  /// The real port.
  package let port: UInt16
  /// Such as `http://127.0.0.1:8080`, the plain ones first.
  package let addresses: [String]
  private let acceptor: Acceptor
  private let hangUps: HangUpWatch
  private let blobs: BlobFolder
  private let pump: TLSPump?
  private let relay: Relay
  private let loops: [Loop]
  private let acceptorThread: Thread
  private let loopThreads: [Thread]
  private let relayThread: Thread
  private let hangUpThread: Thread
  private let pumpThread: Thread?

  /// Serves from here on.
  package init(_ configuration: Configuration) throws(TransportError) {
    Server.raiseDescriptorLimit()
    Server.silenceLibwebsockets()
    let (listeners, port) = try Server.listen(configuration.host, configuration.port)
    self.port = port
    addresses = Server.addresses(
      configuration.host, port, hasTLS: configuration.certificate != nil)
    var loops: [Loop] = []
    do {
      // The pump and the acceptor feed each other, so one of them is told later.
      let later = Later()
      // First of all: a certificate that is wrong is the likeliest reason to give up.
      let pump = try configuration.certificate.map { certificate throws(TransportError) in
        try TLSPump(certificate: certificate) { later.acceptor?.take(decrypted: $0) }
      }
      self.pump = pump
      // The plaintext end of a TLS connection has no end of its own but the orderly one.
      let finish: @Sendable (Int32, TLSConnection.Ending) -> Void = { descriptor, ending in
        if let identity = Sockets.localIdentity(descriptor) { pump?.end(identity, ending) }
        switch ending {
        case .reset: Sockets.reset(descriptor)
        case .orderly, .silent: Sockets.halfClose(descriptor)
        }
      }
      let relay = try Relay(finish: finish)
      self.relay = relay
      try Server.makeLoops(configuration, relay, finish, into: &loops)
      self.loops = loops
      let chooseLoop = configuration.chooseLoop
      let assign: @Sendable (Request) -> Loop = { [loops] request in
        loops.count == 1 ? loops[0] : loops[chooseLoop(request) % loops.count]
      }
      let blobs = BlobFolder(in: configuration.temporaryFolder)
      self.blobs = blobs
      let hangUps = try HangUpWatch()
      self.hangUps = hangUps
      for loop in loops { try loop.serveHTTP(hangUps: hangUps, blobs: blobs, assign: assign) }
      let turn = Counter()
      let acceptor = try Acceptor(
        listeners: listeners, headTimeout: configuration.headTimeout, admit: configuration.admit,
        destinations: .init(
          webSocket: { descriptor, request in
            assign(request).post { $0.open(descriptor, request) }
          },
          http: { [loops] descriptor, isSecure in
            let loop = loops[Int(turn.next() % UInt64(loops.count))]
            loop.post { $0.adopt(descriptor, isSecure: isSecure) }
          }, tls: pump?.take),
        log: configuration.wanted)
      later.set(acceptor)
      self.acceptor = acceptor
      loopThreads = loops.enumerated().map { index, loop in
        Thread("loop-\(index)") { loop.run() }
      }
      relayThread = Thread("relay") { relay.run() }
      hangUpThread = Thread("hang-ups") { hangUps.run() }
      pumpThread = pump.map { pump in Thread("tls") { pump.run() } }
      acceptorThread = Thread("acceptor") { acceptor.run() }
    } catch {
      for loop in loops { loop.discard() }
      for descriptor in listeners { close(descriptor) }
      throw error
    }
  }

  /// Changes the application of every loop, on that loop, before what comes next.
  package func update(_ change: @escaping @Sendable (inout any Application) -> Void) {
    for loop in loops { loop.post { change(&$0.application) } }
  }

  /// Ends everything: open WebSockets get 1001. Takes less than two seconds.
  package func stop() {
    acceptor.stop()
    acceptorThread.join()
    // First whoever posts to the loops, then the loops, then what carries their last words.
    for loop in loops { loop.post { $0.stop() } }
    for thread in loopThreads { thread.join() }
    hangUps.stop()
    hangUpThread.join()
    blobs.close()
    relay.stop()
    relayThread.join()
    pump?.stop()
    pumpThread?.join()
  }

  private static func makeLoops(
    _ configuration: Configuration, _ relay: Relay,
    _ finish: @escaping @Sendable (Int32, TLSConnection.Ending) -> Void,
    into loops: inout [Loop]
  ) throws(TransportError) {
    let lastID = Counter()
    for _ in 0..<configuration.loops {
      loops.append(
        try Loop(
          .init(
            makeApplication: configuration.makeApplication, log: configuration.wanted,
            isLogged: configuration.isLogged,
            record: configuration.record, pingSeconds: configuration.pingSeconds,
            hangUpSeconds: configuration.hangUpSeconds,
            finish: finish, relay: relay, nextID: { ConnectionID(number: lastID.next()) })))
    }
  }

  /// The acceptor, for the pump that was made before it.
  private final class Later: Sendable {
    private let value = Mutex<Acceptor?>(nil)

    var acceptor: Acceptor? { value.withLock { $0 } }

    func set(_ acceptor: Acceptor) { value.withLock { $0 = acceptor } }
  }

  /// Counts over all loops.
  private final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    func next() -> UInt64 { count.add(1, ordering: .relaxed).newValue }
  }

  private static func listen(_ host: String, _ port: UInt16) throws(TransportError)
    -> (descriptors: [Int32], port: UInt16)
  {
    guard host == "localhost" else {
      let (descriptor, port) = try Sockets.listen(host, port: port)
      return ([descriptor], port)
    }
    let (first, port) = try Sockets.listen("127.0.0.1", port: port)
    // A machine without IPv6 is served on IPv4 alone; a port that is taken there is an error.
    do throws(TransportError) {
      let (second, _) = try Sockets.listen("::1", port: port)
      return ([first, second], port)
    } catch {
      if error.kind == .addressMissing { return ([first], port) }
      close(first)
      throw error
    }
  }

  private static func addresses(_ host: String, _ port: UInt16, hasTLS: Bool) -> [String] {
    let name = host == "localhost" ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host
    return (hasTLS ? ["http", "https"] : ["http"]).map { "\($0)://\(name):\(port)" }
  }

  /// Thousands of connections need thousands of descriptors; the hard limit is the machine's word.
  /// A huge soft limit comes down: libwebsockets allocates by it, or falls back to few.
  private static func raiseDescriptorLimit() {
    var limit = rlimit()
    let wanted: rlim_t = 65_536
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = min(wanted, limit.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
