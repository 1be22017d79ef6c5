import CLibwebsockets
import CSystem
import Glibc
import Synchronization
import VirtualTime
import Wire

/// One thread that owns a libwebsockets context, a libmicrohttpd daemon, an application, and the
/// connections of all three.
///
/// Everything here runs on that thread, except `post`, which hands it work. `@unchecked Sendable`
/// holds for that reason: other threads only reach the mailbox.
final class Loop: @unchecked Sendable {
  struct Setup: Sendable {
    let makeApplication: @Sendable () -> any Application
    let log: @Sendable (LogLine) -> Void
    let isLogged: @Sendable (LogLine.Level) -> Bool
    let record: @Sendable (_ line: [UInt8], _ file: String) -> Void
    let pingSeconds: UInt16
    let hangUpSeconds: UInt16
    /// Ends a socket, which must be closed then, in one of the ways of TLS.
    let finish: @Sendable (Int32, TLSConnection.Ending) -> Void
    let relay: Relay
    let nextID: @Sendable () -> ConnectionID
  }

  let setup: Setup
  private let mailbox = Mutex(Mailbox())
  private let context: OpaquePointer
  let vhost: OpaquePointer
  /// libwebsockets reads the table as long as the context lives.
  private let protocols: UnsafeMutablePointer<lws_protocols>
  private let retryPolicy: UnsafeMutablePointer<lws_retry_bo_t>
  private let names: [UnsafeMutablePointer<CChar>]
  /// What the context's callbacks find their loop through.
  private let box: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  var application: any Application
  var timers = LoopTimers()
  /// Whether a timer runs for the relayed connections.
  var isConfirming = false
  var connections: [ConnectionID: WebSocketConnection] = [:]
  var exchanges: [ConnectionID: ServedExchange] = [:]
  /// Plain HTTP, and what libwebsockets calls its descriptor; nil before `serveHTTP` and after
  /// `stopHTTP`.
  var http: (front: HTTPFront, wsi: OpaquePointer)?
  /// Whether an exchange was resumed since libmicrohttpd was called.
  let isHTTPDue = Atomic(false)
  /// Who runs.
  let thread = Atomic<pthread_t>(0)
  var lastHTTPTurn = Instant.start
  /// Whether another turn is in the mailbox.
  var isHTTPPosted = false
  /// When libmicrohttpd wants to be called next.
  var httpWake: Instant?
  private let buffer = FrameBuffer()
  /// The connection libwebsockets is adopting: its callbacks come before the call returns.
  var incoming: (connection: WebSocketConnection, subprotocol: String?)?
  private(set) var stopDeadline: Instant?

  init(_ setup: Setup) throws(TransportError) {
    self.setup = setup
    application = setup.makeApplication()
    names = ["mockgem", "file"].compactMap { (name: String) in strdup(name) }
    protocols = .allocate(capacity: 3)
    protocols.initialize(repeating: lws_protocols(), count: 3)
    retryPolicy = .allocate(capacity: 1)
    retryPolicy.initialize(to: lws_retry_bo_t())
    retryPolicy.pointee.secs_since_valid_ping = setup.pingSeconds
    retryPolicy.pointee.secs_since_valid_hangup = setup.hangUpSeconds
    for (index, name) in names.enumerated() {
      protocols[index].name = UnsafePointer(name)
      protocols[index].callback = called
      protocols[index].per_session_data_size = MemoryLayout<UnsafeMutableRawPointer?>.size
      protocols[index].rx_buffer_size = 32 << 10
    }
    var info = lws_context_creation_info()
    info.port = CONTEXT_PORT_NO_LISTEN
    info.protocols = UnsafePointer(protocols)
    info.retry_and_idle_policy = UnsafePointer(retryPolicy)
    info.options = UInt64(LWS_SERVER_OPTION_VALIDATE_UTF8) | UInt64(LWS_SERVER_OPTION_DISABLE_IPV6)
    info.pt_serv_buf_size = 32 << 10
    box = .allocate(capacity: 1)
    box.initialize(to: nil)
    info.user = UnsafeMutableRawPointer(box)
    guard let context = lws_create_context(&info),
      let vhost = lws_get_vhost_by_name(context, "default")
    else {
      throw .unavailable(
        "libwebsockets could not be set up",
        hint: "it needs memory for every descriptor allowed, and some to begin with: see ulimit -n")
    }
    self.context = context
    self.vhost = vhost
    box.pointee = Unmanaged.passUnretained(self).toOpaque()
    _ = try watch(file: timers.descriptor)
  }

  /// Has libwebsockets call back when `descriptor` can be read, and close it in the end.
  func watch(file descriptor: Int32) throws(TransportError) -> OpaquePointer {
    var file = lws_sock_file_fd_type()
    file.filefd = descriptor
    guard
      let wsi = lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, file, names[1], nil)
    else { throw .unavailable("libwebsockets does not take a descriptor") }
    return wsi
  }

  deinit {
    box.deallocate()
    protocols.deallocate()
    retryPolicy.deallocate()
    for name in names { free(name) }
  }

  private struct Mailbox {
    var work: [@Sendable (Loop) -> Void] = []
    /// Set before the context is destroyed: nobody may wake it then.
    var isClosed = false
  }

  /// Has the loop do something; callable from any thread. Nothing happens once the loop has ended.
  func post(_ work: @escaping @Sendable (Loop) -> Void) {
    mailbox.withLock { mailbox in
      if mailbox.isClosed { return }
      mailbox.work.append(work)
      lws_cancel_service(context)
    }
  }

  /// Serves until `stop` has been called and its work is done.
  func run() {
    thread.store(pthread_self(), ordering: .relaxed)
    while !isFinished, lws_service(context, 0) >= 0 {}
    mailbox.withLock { $0.isClosed = true }
    for connection in connections.values { connection.bare.map { _ = Glibc.close($0) } }
    lws_context_destroy(context)
  }

  /// Ends a loop that has never run.
  func discard() {
    stopHTTP()
    mailbox.withLock { $0.isClosed = true }
    lws_context_destroy(context)
  }

  private var isFinished: Bool {
    guard let stopDeadline else { return false }
    return connections.isEmpty && exchanges.isEmpty || stopDeadline <= Clock.now()
  }

  // MARK: - Work posted by other threads

  /// Says goodbye to every client and makes `run` return.
  func stop() {
    stopHTTP()
    stopDeadline = Clock.now() + Limits.stopGrace
    for connection in connections.values where connection.closing == nil {
      if connection.bare != nil {
        leave(connection)
        continue
      }
      deliver(.stopping, to: connection)
      close(connection, .frame(.goingAway, ""))
    }
    timers.add(Clock.now() + Limits.stopGrace, for: .relayWake)
    timers.arm()
  }

  // MARK: - The application

  /// A line of the log about one connection, for those who want to see it.
  func log(_ line: LogLine, of id: ConnectionID) {
    guard setup.isLogged(line.level) else { return }
    setup.log(LogLine(line.level, "[\(id.number)] \(line.text)"))
  }

  private func deliver(_ event: PeerEvent, to connection: WebSocketConnection) {
    let commands = application.receive(event, from: connection.id, at: Clock.now())
    for command in commands { carryOut(command, for: connection) }
    schedule(connection)
  }

  func carryOut(_ command: PeerCommand, for connection: WebSocketConnection) {
    switch command {
    case .send(let opcode, let payload):
      if connection.closing == nil { connection.enqueue(opcode, payload) }
    case .close(let code, let reason): close(connection, .frame(code, reason))
    case .raw(let bytes):
      if connection.bare == nil, connection.closing == nil {
        connection.enqueue(raw: bytes)
      } else {
        order(.raw(bytes), for: connection)
      }
    case .shape(let shape): order(.shape(shape), for: connection)
    case .halfClose: order(.halfClose, for: connection)
    case .end(let closeNotify):
      order(.end(closeNotify ? .orderly : .silent), for: connection)
      close(connection, .abandoned)
    case .reset:
      order(.end(.reset), for: connection)
      close(connection, .abandoned)
    case .log(let line):
      log(line, of: connection.id)
    case .record(let line, let file): setup.record(line, file)
    case .upgrade, .respond, .begin, .stream, .finish:
      log(LogLine(.error, "was answered twice"), of: connection.id)
    }
  }

  private func close(_ connection: WebSocketConnection, _ closing: WebSocketConnection.Closing) {
    guard connection.closing == nil else { return }
    connection.closing = closing
    if let wsi = connection.wsi { lws_callback_on_writable(wsi) }
  }

  func schedule(_ connection: WebSocketConnection) {
    let deadline = application.deadline(of: connection.id)
    if deadline != connection.deadline {
      connection.deadline = deadline
      if let deadline { timers.add(deadline, for: connection.id) }
    }
    timers.arm()
  }

  func forget(_ connection: WebSocketConnection) {
    connections[connection.id] = nil
    let (code, reason) = connection.firstClose
    let commands = application.receive(
      .closed(code, reason), from: connection.id, at: Clock.now())
    for command in commands { carryOut(command, for: connection) }
  }

  private func fireTimers() {
    var count: UInt64 = 0
    read(timers.descriptor, &count, MemoryLayout<UInt64>.size)
    for (time, id) in timers.due(at: Clock.now()) {
      if id == .relayWake { confirmRelayed() }
      if id == .httpWake, time == httpWake {
        httpWake = nil
        serveHTTP()
      }
      if let served = exchanges[id] { deliverDue(to: served, at: time) }
      guard let connection = connections[id], connection.deadline == time else { continue }
      if connection.isCongested {
        connection.isHeldBack = true
      } else {
        connection.deadline = nil
        connection.send(through: buffer, order: { relay($0, of: connection) }) {
          deliver(.due, to: connection)
        }
      }
    }
    timers.arm()
  }

  private func runMailbox() {
    let work = mailbox.withLock { mailbox in
      defer { mailbox.work = [] }
      return mailbox.work
    }
    for work in work { work(self) }
  }

  // MARK: - libwebsockets

  /// -1 makes libwebsockets end the connection.
  fileprivate func handle(
    _ reason: lws_callback_reasons, _ wsi: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ bytes: UnsafeMutableRawBufferPointer
  ) -> Int32 {
    switch reason {
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
      runMailbox()
      if isHTTPDue.load(ordering: .acquiring) { serveHTTP() }
    case LWS_CALLBACK_RAW_RX_FILE where wsi == http?.wsi: serveHTTP()
    case LWS_CALLBACK_RAW_RX_FILE:
      fireTimers()
      if isHTTPDue.load(ordering: .acquiring) { serveHTTPInTurn() }
    case LWS_CALLBACK_ADD_HEADERS: return addSubprotocol(wsi, bytes)
    case LWS_CALLBACK_ESTABLISHED:
      guard let connection = incoming?.connection else { return -1 }
      connection.wsi = wsi
      slot?.pointee = Unmanaged.passRetained(connection).toOpaque()
      lws_callback_on_writable(wsi)
    case LWS_CALLBACK_SERVER_WRITEABLE: return connection(slot).map(write) ?? 0
    case LWS_CALLBACK_RECEIVE:
      return connection(slot).map { receive(UnsafeRawBufferPointer(bytes), $0) } ?? 0
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      connection(slot)?.peerClose = Loop.closeFrame(UnsafeRawBufferPointer(bytes))
    case LWS_CALLBACK_CLOSED:
      guard let pointer = slot?.pointee else { return 0 }
      slot?.pointee = nil
      let connection = Unmanaged<WebSocketConnection>.fromOpaque(pointer).takeRetainedValue()
      connection.wsi = nil
      forget(connection)
    default: break
    }
    return 0
  }

  private func connection(_ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?)
    -> WebSocketConnection?
  {
    slot?.pointee.map { Unmanaged<WebSocketConnection>.fromOpaque($0).takeUnretainedValue() }
  }

  private func addSubprotocol(_ wsi: OpaquePointer?, _ bytes: UnsafeMutableRawBufferPointer)
    -> Int32
  {
    guard let subprotocol = incoming?.subprotocol,
      let arguments = bytes.baseAddress?.assumingMemoryBound(to: lws_process_html_args.self)
    else { return 0 }
    let start = UnsafeMutableRawPointer(arguments.pointee.p).assumingMemoryBound(to: UInt8.self)
    var end: UnsafeMutablePointer<UInt8>? = start
    let limit = start + Int(arguments.pointee.max_len)
    let value = Array(subprotocol.utf8)
    let result = lws_add_http_header_by_name(
      wsi, "sec-websocket-protocol:", value, Int32(value.count), &end, limit)
    guard result == 0, let end else { return -1 }
    arguments.pointee.p += end - start
    return 0
  }

  private func write(_ connection: WebSocketConnection) -> Int32 {
    let isWhole = connection.flush(through: buffer) { relay($0, of: connection) }
    guard isWhole, !connection.isBroken else { return -1 }
    if connection.isHeldBack, !connection.isCongested {
      connection.isHeldBack = false
      connection.deadline = nil
      deliver(.due, to: connection)
    }
    guard connection.isIdle, let closing = connection.closing, let wsi = connection.wsi else {
      return 0
    }
    // The rest of a large message is in libwebsockets' own buffer, which a close would drop.
    if lws_partial_buffered(wsi) != 0 {
      lws_callback_on_writable(wsi)
      return 0
    }
    switch closing {
    case .frame(let code?, let reason):
      connection.wasCloseSent = true
      var reason = Loop.cut(reason)
      lws_close_reason(
        wsi, lws_close_status(rawValue: UInt32(code.rawValue)), &reason, reason.count)
    case .frame(nil, _):
      // A close frame without a status; libwebsockets has no call for it.
      connection.wasCloseSent = true
      buffer.writeRaw([0x88, 0x00], to: wsi)
    case .abandoned: break
    }
    return -1
  }

  private func receive(_ bytes: UnsafeRawBufferPointer, _ connection: WebSocketConnection) -> Int32
  {
    guard connection.closing == nil, let wsi = connection.wsi else { return 0 }
    var isTooLong = false
    // The flags of a message's last piece are set only when all of that frame has arrived.
    let isLast = lws_is_final_fragment(wsi) != 0 && lws_remaining_packet_payload(wsi) == 0
    let message = connection.receive(
      bytes, isFirst: lws_is_first_fragment(wsi) != 0, isLast: isLast, isTooLong: &isTooLong)
    if isTooLong {
      log(LogLine(.warning, "sent more than 24 MiB in one message"), of: connection.id)
      close(connection, .frame(.tooBig, "message too big"))
    } else if let message {
      let opcode: Opcode = lws_frame_is_binary(wsi) != 0 ? .binary : .text
      deliver(.message(opcode, message), to: connection)
    }
    return 0
  }

  /// The status and reason of a close frame; 1005 stands for a frame without a status.
  private static func closeFrame(_ bytes: UnsafeRawBufferPointer) -> (CloseCode?, String) {
    guard bytes.count >= 2 else { return (CloseCode(rawValue: 1005), "") }
    let code = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    return (CloseCode(rawValue: code), String(decoding: bytes.dropFirst(2), as: UTF8.self))
  }

  /// The reason in as many whole characters as a close frame holds.
  private static func cut(_ reason: String) -> [UInt8] {
    var cut = reason
    while cut.utf8.count > CloseCode.reasonBytesMax { cut.removeLast() }
    return Array(cut.utf8)
  }
}

/// What libwebsockets calls for every event: it finds the loop and asks it.
private func called(
  _ wsi: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?,
  _ bytes: UnsafeMutableRawPointer?, _ count: Int
) -> Int32 {
  guard let context = lws_get_context(wsi), let box = lws_context_user(context),
    let loop = box.assumingMemoryBound(to: UnsafeMutableRawPointer?.self).pointee
  else { return 0 }
  let slot = user?.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
  return Unmanaged<Loop>.fromOpaque(loop).takeUnretainedValue()
    .handle(reason, wsi, slot, UnsafeMutableRawBufferPointer(start: bytes, count: count))
}
