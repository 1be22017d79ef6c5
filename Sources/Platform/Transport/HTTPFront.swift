import CMicrohttpd
import Glibc
import Wire

/// Plain HTTP on a loop: libmicrohttpd reads requests and sends answers when it is told to.
///
/// It has no thread. Its epoll descriptor is readable when a socket has something; an exchange that
/// was resumed tells by itself.
final class HTTPFront {
  struct Destinations {
    /// A whole request, and the exchange that waits for its answer, which may come at once.
    let request: (HTTPExchange, Request) -> Void
    /// A kept-alive connection that now asks for a WebSocket; the descriptor is the receiver's.
    let webSocket: (Int32, Request) -> Void
    /// Whether the body of a request, of which only the head is there, is kept in a file.
    let keepsBody: (Request) -> Bool
  }

  /// When there is something to do without an event.
  enum Wait: Hashable {
    case none
    case milliseconds(UInt64)
    case forever
  }

  private let destinations: Destinations
  private let helpers: HTTPExchange.Helpers
  private let blobs: BlobFolder
  private let log: (LogLine) -> Void
  private var daemon: OpaquePointer?
  /// Those that came in whole and are not over.
  private var exchanges: [ObjectIdentifier: HTTPExchange] = [:]

  init(
    _ destinations: Destinations, helpers: HTTPExchange.Helpers, blobs: BlobFolder,
    log: @escaping (LogLine) -> Void
  ) throws(TransportError) {
    self.destinations = destinations
    self.helpers = helpers
    self.blobs = blobs
    self.log = log
    let me = Unmanaged.passUnretained(self).toOpaque()
    let flags = [
      MHD_USE_EPOLL, MHD_USE_NO_LISTEN_SOCKET, MHD_ALLOW_SUSPEND_RESUME, MHD_USE_TURBO,
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
    if daemon == nil { throw .unavailable("libmicrohttpd could not be started") }
  }

  /// Readable when `serve` has something to do.
  var descriptor: Int32 { mockgem_mhd_epoll(daemon) }

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

  /// Reads and sends what can be read and sent now.
  func serve() -> Wait {
    MHD_run(daemon)
    var milliseconds: UInt64 = 0
    if MHD_get_timeout(daemon, &milliseconds) != .YES { return .forever }
    return milliseconds == 0 ? .none : .milliseconds(milliseconds)
  }

  /// Ends every exchange; libmicrohttpd aborts the process when it ends with a suspended one.
  func stop() {
    for exchange in exchanges.values { exchange.leave() }
    MHD_stop_daemon(daemon)
    daemon = nil
  }

  // MARK: - libmicrohttpd

  private static let target:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) ->
      UnsafeMutableRawPointer? = { _, target, _ in
        let target = target.map { String(cString: $0) } ?? "/"
        return Unmanaged.passRetained(HTTPReading(target: target)).toOpaque()
      }

  private static let access: MHD_AccessHandlerCallback = {
    front, connection, _, method, _, bytes, count, slot in
    guard let front, let method, let count, let pointer = slot?.pointee else { return .NO }
    let reading = Unmanaged<HTTPReading>.fromOpaque(pointer).takeUnretainedValue()
    let piece = UnsafeRawBufferPointer(start: bytes, count: count.pointee)
    count.pointee = 0
    return Unmanaged<HTTPFront>.fromOpaque(front).takeUnretainedValue()
      .handle(connection, String(cString: method), piece, reading)
  }

  private static let completed:
    @convention(c) (
      UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
      MHD_RequestTerminationCode
    ) -> Void = { front, _, slot, _ in
      guard let front, let pointer = slot?.pointee else { return }
      slot?.pointee = nil
      let reading = Unmanaged<HTTPReading>.fromOpaque(pointer).takeRetainedValue()
      guard let exchange = reading.exchange else { return }
      let me = Unmanaged<HTTPFront>.fromOpaque(front).takeUnretainedValue()
      me.exchanges[ObjectIdentifier(exchange)] = nil
      exchange.end()
    }

  /// Comes once for the head, once for each piece of the body, once at its end, and once more when
  /// the exchange was resumed.
  private func handle(
    _ connection: OpaquePointer?, _ method: String, _ piece: UnsafeRawBufferPointer,
    _ reading: HTTPReading
  ) -> MHD_Result {
    if reading.begin() { return begin(connection, method, reading) }
    if !piece.isEmpty {
      reading.append(piece)
      return .YES
    }
    let isHead = method == "HEAD"
    if let exchange = reading.exchange { return answer(exchange, to: connection, isHead: isHead) }
    if let refusal = reading.refusal { return send(refusal, to: connection) }
    if method == "OPTIONS", let preflight = preflight(connection) {
      return send(preflight, to: connection)
    }
    let exchange = HTTPExchange(connection, helpers: helpers)
    reading.exchange = exchange
    exchanges[ObjectIdentifier(exchange)] = exchange
    destinations.request(exchange, reading.takeRequest())
    return answer(exchange, to: connection, isHead: isHead)
  }

  private func answer(
    _ exchange: HTTPExchange, to connection: OpaquePointer?, isHead: Bool
  ) -> MHD_Result {
    switch exchange.takeAnswer() {
    case .head(let response, isWhole: true): send(response, to: connection)
    // RFC 9110, 9.3.2: nothing follows a head, not even the end of a body in chunks.
    case .head(let response, isWhole: false) where isHead:
      send(Response(status: response.status, headers: response.headers), to: connection)
    case .head(let response, isWhole: false): send(response, to: connection, streaming: exchange)
    case .broken: .NO
    case .none: .YES
    }
  }

  /// A connection that was kept alive may ask for a WebSocket now. The socket is duplicated, since
  /// libmicrohttpd closes its own; refusing to go on is its way of letting go.
  private func begin(_ connection: OpaquePointer?, _ method: String, _ reading: HTTPReading)
    -> MHD_Result
  {
    let request = self.request(connection, method, reading)
    guard request.asksForWebSocket else {
      reading.request = request
      let isEmpty =
        [nil, "0"].contains(request.header("Content-Length"))
        && request.header("Transfer-Encoding") == nil
      // Nobody need send what is refused. RFC 4918, 11.5: there is no room to do it in.
      if !isEmpty, destinations.keepsBody(request), !keepBody(of: reading) {
        return send(Response(status: 507), to: connection)
      }
      let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
      return length > reading.bytesMax ? send(Response(status: 413), to: connection) : .YES
    }
    if let refusal = Handshake.refusal(of: request) {
      return send(refusal, to: connection)
    }
    let descriptor = dup(mockgem_mhd_socket(connection))
    if descriptor >= 0 { destinations.webSocket(descriptor, request) }
    return .NO
  }

  /// False when there is no place for it.
  private func keepBody(of reading: HTTPReading) -> Bool {
    do throws(TransportError) {
      reading.writer = try BlobWriter(in: blobs)
      return true
    } catch {
      let hint = error.hint.map { "; \($0)" } ?? ""
      log(LogLine(.error, "a body cannot be kept: \(error.message)\(hint)"))
      return false
    }
  }

  private func request(_ connection: OpaquePointer?, _ method: String, _ reading: HTTPReading)
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
      method: method, target: reading.target, headers: collector.headers,
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

/// A request that is still coming in.
private final class HTTPReading {
  /// The request target as the client wrote it.
  let target: String
  /// Set when it has come in whole.
  var exchange: HTTPExchange?
  /// Its head, when that has come in.
  var request: Request?
  /// Where its body goes; nil for memory.
  var writer: BlobWriter?
  private var body: [UInt8] = []
  private var byteCount = 0
  private var hasBegun = false

  init(target: String) { self.target = target }

  /// True the first time it is asked: libmicrohttpd calls once before the body comes.
  func begin() -> Bool {
    defer { hasBegun = true }
    return !hasBegun
  }

  /// Keeps a piece of the body, or only its size when that is too much already.
  func append(_ bytes: UnsafeRawBufferPointer) {
    byteCount += bytes.count
    if isTooLong {
      body = []
    } else if let writer {
      writer.append(bytes)
    } else {
      body += bytes
    }
  }

  /// How long it may be.
  var bytesMax: Int { writer == nil ? Limits.bodyBytesMax : Limits.keptBytesMax }

  private var isTooLong: Bool { byteCount > bytesMax }

  /// What to answer in place of the application.
  var refusal: Response? {
    if isTooLong { return Response(status: 413) }
    return writer?.isGood == false ? Response(status: 507) : nil
  }

  /// The whole request.
  func takeRequest() -> Request {
    var request = request ?? Request(target: target)
    request.body = body
    request.blob = writer.map { BlobReference($0.finish()) }
    body = []
    writer = nil
    return request
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
