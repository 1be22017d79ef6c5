import CMicrohttpd
import Glibc
import Synchronization
import Wire

/// Plain HTTP: libmicrohttpd reads requests and sends answers on a thread of its own; what the
/// answer is, a loop decides.
///
/// `@unchecked Sendable`: the daemon is set up before any other thread sees it, and its calls used
/// here are thread-safe by its manual.
final class HTTPFront: @unchecked Sendable {
  struct Destinations: Sendable {
    /// A whole request, and the exchange that waits for its answer.
    let request: @Sendable (HTTPExchange, Request) -> Void
    /// A kept-alive connection that now asks for a WebSocket; the descriptor is the receiver's.
    let webSocket: @Sendable (Int32, Request) -> Void
  }

  private let destinations: Destinations
  private let log: @Sendable (LogLine) -> Void
  private var daemon: OpaquePointer?
  private let suspended = Mutex<[ObjectIdentifier: HTTPExchange]>([:])
  private let isStopping = Atomic(false)
  private let hangUps: HangUpWatch
  private let hangUpThread: Thread
  private let relay: Relay

  init(
    _ destinations: Destinations, relay: Relay, log: @escaping @Sendable (LogLine) -> Void
  ) throws(TransportError) {
    self.destinations = destinations
    self.relay = relay
    self.log = log
    let hangUps = try HangUpWatch()
    self.hangUps = hangUps
    hangUpThread = Thread("hang-ups") { hangUps.run() }
    let me = Unmanaged.passUnretained(self).toOpaque()
    let flags = [
      MHD_USE_EPOLL_INTERNAL_THREAD, MHD_USE_ITC, MHD_USE_NO_LISTEN_SOCKET,
      MHD_ALLOW_SUSPEND_RESUME, MHD_USE_TURBO,
    ].reduce(UInt32(0)) { $0 | UInt32($1.rawValue) }
    var options = [
      MHD_OptionItem(
        option: .URI_LOG_CALLBACK, value: unsafeBitCast(HTTPFront.target, to: Int.self),
        ptr_value: me),
      MHD_OptionItem(
        option: .NOTIFY_COMPLETED, value: unsafeBitCast(HTTPFront.completed, to: Int.self),
        ptr_value: me),
      MHD_OptionItem(option: .CONNECTION_TIMEOUT, value: Limits.httpIdleSeconds, ptr_value: nil),
      MHD_OptionItem(
        option: .CONNECTION_MEMORY_LIMIT, value: Limits.httpConnectionBytes, ptr_value: nil),
      MHD_OptionItem(option: .CONNECTION_LIMIT, value: Limits.httpConnectionsMax, ptr_value: nil),
      MHD_OptionItem(option: .END, value: 0, ptr_value: nil),
    ]
    daemon = options.withUnsafeMutableBufferPointer { options in
      guard let table = options.baseAddress else { return nil }
      let arguments: [any CVarArg] = [
        Int32(MHD_OPTION.ARRAY.rawValue), table, Int32(MHD_OPTION.END.rawValue),
      ]
      return withVaList(arguments) {
        MHD_start_daemon_va(flags, 0, nil, nil, HTTPFront.access, me, $0)
      }
    }
    if daemon == nil {
      stopWatch()
      throw .unavailable("libmicrohttpd could not be started")
    }
  }

  /// Takes an unread connection.
  func adopt(_ descriptor: Int32, isSecure: Bool) {
    // The address is only a vessel: its port carries whether TLS was in front.
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = isSecure ? 1 : 0
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        MHD_add_connection(daemon, descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    // libmicrohttpd closes what it does not take.
    if result != .YES {
      log(LogLine(.warning, "an HTTP connection was refused: too many are open"))
    }
  }

  func stop() {
    isStopping.store(true, ordering: .relaxed)
    for exchange in suspended.withLock({ Array($0.values) }) { exchange.abandon() }
    MHD_stop_daemon(daemon)
    daemon = nil
    stopWatch()
  }

  private func stopWatch() {
    hangUps.stop()
    hangUpThread.join()
  }

  // MARK: - libmicrohttpd

  private static let target:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) ->
      UnsafeMutableRawPointer? = { front, target, _ in
        let target = target.map { String(cString: $0) } ?? "/"
        guard let front else { return nil }
        let me = Unmanaged<HTTPFront>.fromOpaque(front).takeUnretainedValue()
        let exchange = HTTPExchange(
          target: target, helpers: .init(hangUps: me.hangUps, relay: me.relay))
        return Unmanaged.passRetained(exchange).toOpaque()
      }

  private static let access: MHD_AccessHandlerCallback = {
    front, connection, _, method, _, bytes, count, slot in
    guard let front, let method, let count, let pointer = slot?.pointee else { return .NO }
    let exchange = Unmanaged<HTTPExchange>.fromOpaque(pointer).takeUnretainedValue()
    let piece = UnsafeRawBufferPointer(start: bytes, count: count.pointee)
    count.pointee = 0
    return Unmanaged<HTTPFront>.fromOpaque(front).takeUnretainedValue()
      .handle(connection, String(cString: method), piece, exchange)
  }

  private static let completed:
    @convention(c) (
      UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
      MHD_RequestTerminationCode
    ) -> Void = { front, _, slot, _ in
      guard let front, let pointer = slot?.pointee else { return }
      slot?.pointee = nil
      let exchange = Unmanaged<HTTPExchange>.fromOpaque(pointer).takeRetainedValue()
      let me = Unmanaged<HTTPFront>.fromOpaque(front).takeUnretainedValue()
      me.suspended.withLock { $0[ObjectIdentifier(exchange)] = nil }
      exchange.end()
    }

  /// Comes once for the head, once for each piece of the body, once at its end, and once more when
  /// the exchange was resumed.
  private func handle(
    _ connection: OpaquePointer?, _ method: String, _ piece: UnsafeRawBufferPointer,
    _ exchange: HTTPExchange
  ) -> MHD_Result {
    if exchange.begin() { return begin(connection, method, exchange) }
    if !piece.isEmpty {
      exchange.append(piece)
      return .YES
    }
    switch exchange.takeAnswer() {
    case .head(let response, isWhole: true): return send(response, to: connection)
    case .head(let response, isWhole: false):
      return send(response, to: connection, streaming: exchange)
    case .broken: return .NO
    case .none: break
    }
    if exchange.isTooLong { return send(Response(status: 413), to: connection) }
    if method == "OPTIONS", let preflight = preflight(connection) {
      return send(preflight, to: connection)
    }
    var request = self.request(connection, method, exchange)
    request.body = exchange.takeBody()
    suspended.withLock { $0[ObjectIdentifier(exchange)] = exchange }
    exchange.suspend(connection)
    if isStopping.load(ordering: .relaxed) {
      exchange.abandon()
    } else {
      destinations.request(exchange, request)
    }
    return .YES
  }

  /// A connection that was kept alive may ask for a WebSocket now. The socket is duplicated, since
  /// libmicrohttpd closes its own; refusing to go on is its way of letting go.
  private func begin(_ connection: OpaquePointer?, _ method: String, _ exchange: HTTPExchange)
    -> MHD_Result
  {
    let request = self.request(connection, method, exchange)
    guard request.asksForWebSocket else { return .YES }
    if let refusal = Handshake.refusal(of: request) {
      return send(refusal, to: connection)
    }
    let descriptor = dup(mockgem_mhd_socket(connection))
    if descriptor >= 0 { destinations.webSocket(descriptor, request) }
    return .NO
  }

  private func request(_ connection: OpaquePointer?, _ method: String, _ exchange: HTTPExchange)
    -> Request
  {
    final class Collector { var headers: [Header] = [] }
    let collector = Collector()
    MHD_get_connection_values(
      connection, mockgem_mhd_headers(),
      { collector, _, name, value in
        guard let collector, let name else { return .NO }
        Unmanaged<Collector>.fromOpaque(collector).takeUnretainedValue().headers.append(
          Header(String(cString: name), value.map { String(cString: $0) } ?? ""))
        return .YES
      }, Unmanaged.passUnretained(collector).toOpaque())
    return Request(
      method: method, target: exchange.target, headers: collector.headers,
      isSecure: mockgem_mhd_mark(connection) == 1)
  }

  /// Fetch standard, "CORS-preflight fetch": browsers ask before they send a key.
  private func preflight(_ connection: OpaquePointer?) -> Response? {
    func value(_ name: String) -> String? {
      MHD_lookup_connection_value(connection, mockgem_mhd_headers(), name).map {
        String(cString: $0)
      }
    }
    guard let method = value("Access-Control-Request-Method") else { return nil }
    var headers = [
      Header("Access-Control-Allow-Methods", method), Header("Access-Control-Max-Age", "600"),
    ]
    if let names = value("Access-Control-Request-Headers") {
      headers.append(Header("Access-Control-Allow-Headers", names))
    }
    return Response(status: 204, headers: headers)
  }

  private func send(
    _ response: Response, to connection: OpaquePointer?, streaming exchange: HTTPExchange? = nil
  ) -> MHD_Result {
    let reply = exchange.map(HTTPFront.stream) ?? HTTPFront.whole(response)
    defer { MHD_destroy_response(reply) }
    for header in response.headers { MHD_add_response_header(reply, header.name, header.value) }
    // A page of any origin may read what a mock says.
    MHD_add_response_header(reply, "Access-Control-Allow-Origin", "*")
    MHD_add_response_header(reply, "Access-Control-Expose-Headers", "*")
    return MHD_queue_response(connection, UInt32(response.status), reply)
  }

  private static func whole(_ response: Response) -> OpaquePointer? {
    response.body.withUnsafeBytes {
      MHD_create_response_from_buffer(
        $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
    }
  }

  /// A body without a known length, which libmicrohttpd sends in chunks as they come.
  private static func stream(of exchange: HTTPExchange) -> OpaquePointer? {
    let stream = HTTPStream(exchange: exchange)
    return MHD_create_response_from_callback(
      UInt64.max, 16 << 10,
      { stream, _, buffer, count in
        guard let stream, let buffer else { return -2 }
        return Unmanaged<HTTPStream>.fromOpaque(stream).takeUnretainedValue()
          .read(into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
      }, Unmanaged.passRetained(stream).toOpaque(),
      { stream in if let stream { Unmanaged<HTTPStream>.fromOpaque(stream).release() } })
  }
}

/// What libmicrohttpd reads a body in pieces from, in its own numbers.
private final class HTTPStream {
  private let exchange: HTTPExchange

  init(exchange: HTTPExchange) { self.exchange = exchange }

  /// How many bytes, 0 for later, or MHD_CONTENT_READER_END_OF_STREAM and …_END_WITH_ERROR.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    switch exchange.read(into: buffer) {
    case .bytes(let count): return count
    case .later: return 0
    case .end: return -1
    case .broken: return -2
    }
  }
}
