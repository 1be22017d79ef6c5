import CLibwebsockets
import VirtualTime
import Wire

/// One WebSocket of a loop: what it still has to send, and what it is receiving.
final class WebSocketConnection {
  let id: ConnectionID
  /// Nil until libwebsockets has the socket.
  var wsi: OpaquePointer?
  /// When the application wants `.due`; what the heap holds besides is stale.
  var deadline: Instant?
  /// A deadline that has passed while too much was unsent; it is delivered when the reader has
  /// caught up.
  var isHeldBack = false
  /// How the connection ends once the queue is empty.
  var closing: Closing?
  /// Whether our close frame went out: its peer may be gone before.
  var wasCloseSent = false
  /// What the peer's close frame said.
  var peerClose: (code: CloseCode?, reason: String) = (nil, "")
  private(set) var queuedBytes = 0
  private var queue: [Item] = []
  /// Whether the relay has a command and what follows must wait for it.
  private var isWaitingForRelay = false
  /// What the relay knows the connection by, once it has met it.
  var relayKey: Relay.Key?
  /// Whether the relay lets nothing through right now.
  private(set) var isStalled = false
  /// The descriptor of a connection that has no library behind it, but only the relay.
  var bare: Int32?
  private var sent = 0
  private var incoming: [UInt8] = []
  private var isReadingPaused = false
  /// Whether somebody flushes as soon as all is in the queue.
  private var isFlushedSoon = false
  /// Whether a write has failed; libwebsockets is told when it asks next.
  private(set) var isBroken = false
  /// When libwebsockets was last told that the peer lives.
  private var confirmed = Instant.start

  enum Closing {
    case frame(CloseCode?, String)
    /// The relay ends it; libwebsockets has nothing to say.
    case abandoned
  }

  private enum Item {
    case message(Opcode, Payload, count: Int)
    case raw([UInt8])
    case wire(WireCommand)
  }

  init(id: ConnectionID) { self.id = id }

  /// What the close frame said that was sent first: libwebsockets hides the answer to ours.
  var firstClose: (code: CloseCode?, reason: String) {
    switch closing {
    case .frame(nil, _) where wasCloseSent: (CloseCode(rawValue: 1005), "")
    case .frame(let code, let reason) where wasCloseSent: (code, reason)
    case nil, .frame, .abandoned: peerClose
    }
  }

  var isIdle: Bool { sent == queue.count && !isWaitingForRelay }

  /// Whether the reader is so far behind that it gets nothing new.
  var isCongested: Bool { queuedBytes > Limits.queuedBytesMax }

  func enqueue(_ opcode: Opcode, _ payload: Payload) {
    let count = payload.count
    add(.message(opcode, payload, count: count), count)
  }

  func enqueue(raw bytes: [UInt8]) { add(.raw(bytes), bytes.count) }
  func enqueue(_ command: WireCommand) { add(.wire(command), 0) }

  /// The relay gets this command.
  func noteShape(_ command: WireCommand) {
    if case .shape(let shape) = command { isStalled = shape.bytesPerSecond == 0 }
  }

  /// The relay has taken its command.
  func goOn() {
    isWaitingForRelay = false
    if let wsi { lws_callback_on_writable(wsi) }
  }

  private func add(_ item: Item, _ count: Int) {
    queue.append(item)
    queuedBytes += count
    if let wsi, !isFlushedSoon { lws_callback_on_writable(wsi) }
    if queuedBytes > Limits.unreadBytesMax, !isReadingPaused, let wsi {
      isReadingPaused = true
      lws_rx_flow_control(wsi, 0)
    }
  }

  /// Whether what it gets can be sent without libwebsockets' asking for it.
  private var isWritable: Bool {
    wsi != nil && closing == nil && peerClose.code == nil && isIdle && !isBroken
  }

  /// Sends what `fill` puts into the queue at once, where nothing waits there already: to ask
  /// libwebsockets for its turn costs it a look at every socket it has.
  func send(
    through buffer: FrameBuffer, order: (WireCommand) -> Void, filledBy fill: () -> Void
  ) {
    isFlushedSoon = isWritable
    fill()
    guard isFlushedSoon else { return }
    isFlushedSoon = false
    if peerClose.code == nil, !flush(through: buffer, order: order) { isBroken = true }
    if let wsi, isBroken || !isIdle || closing != nil { lws_callback_on_writable(wsi) }
  }

  /// Sends as many messages as the socket takes. False when the connection is broken. What is for
  /// the relay goes to `order`, which has `goOn` called.
  func flush(through buffer: FrameBuffer, order: (WireCommand) -> Void) -> Bool {
    guard let wsi, !isWaitingForRelay else { return true }
    // Several messages travel in full segments: fewer packets, and fewer wake-ups of the reader.
    let isBatch = queue.count - sent > 1
    if isBatch { Sockets.setCork(lws_get_socket_fd(wsi), true) }
    defer { if isBatch { Sockets.setCork(lws_get_socket_fd(wsi), false) } }
    while sent < queue.count, !isWaitingForRelay, lws_send_pipe_choked(wsi) == 0 {
      confirmValidity()
      let item = queue[sent]
      sent += 1
      switch item {
      case .message(let opcode, let payload, let count):
        queuedBytes -= count
        guard buffer.write(payload, count: count, as: opcode, to: wsi) else { return false }
      case .raw(let bytes):
        queuedBytes -= bytes.count
        if !bytes.isEmpty { buffer.writeRaw(bytes, to: wsi) }
      case .wire(let command):
        isWaitingForRelay = true
        order(command)
      }
    }
    if sent == queue.count {
      queue.removeAll(keepingCapacity: queue.count < 128)
      sent = 0
    } else {
      if sent > 256 {
        queue.removeFirst(sent)
        sent = 0
      }
      if !isWaitingForRelay { lws_callback_on_writable(wsi) }
    }
    if isReadingPaused, queuedBytes <= Limits.unreadBytesMax {
      isReadingPaused = false
      lws_rx_flow_control(wsi, 1)
    }
    return true
  }

  /// A socket that takes more has a peer that reads, however far its pongs are behind. Once a
  /// second is enough: each time costs libwebsockets a walk through its timers.
  private func confirmValidity() {
    let now = Clock.now()
    guard let wsi, now - confirmed >= .seconds(1) else { return }
    confirmed = now
    lws_validity_confirmed(wsi)
  }

  /// Takes a piece of a message; returns the whole when the last piece is there, and nil with
  /// `isTooLong` when it grows past the limit.
  func receive(
    _ bytes: UnsafeRawBufferPointer, isFirst: Bool, isLast: Bool, isTooLong: inout Bool
  ) -> [UInt8]? {
    if isFirst, isLast, incoming.isEmpty { return Array(bytes) }
    incoming += bytes
    if incoming.count > Limits.messageBytesMax {
      isTooLong = true
      incoming = []
      return nil
    }
    guard isLast else { return nil }
    defer { incoming = [] }
    return incoming
  }
}

/// The buffer of a loop in which messages are made contiguous, behind the room libwebsockets needs
/// for a frame's head.
final class FrameBuffer {
  private var capacity = 1 << 16
  private var bytes: UnsafeMutablePointer<UInt8>

  init() { bytes = .allocate(capacity: capacity + mockgem_lws_pre()) }
  deinit { bytes.deallocate() }

  func write(_ payload: Payload, count: Int, as opcode: Opcode, to wsi: OpaquePointer) -> Bool {
    let start = room(for: count)
    var offset = 0
    for piece in payload.pieces where !piece.isEmpty {
      piece.withUnsafeBufferPointer { source in
        guard let base = source.baseAddress else { return }
        (start + offset).update(from: base, count: source.count)
      }
      offset += piece.count
    }
    let kind =
      switch opcode {
      case .text: LWS_WRITE_TEXT
      case .binary: LWS_WRITE_BINARY
      }
    return lws_write(wsi, start, count, kind) >= 0
  }

  /// Sends bytes outside of any frame of libwebsockets'.
  func writeRaw(_ raw: [UInt8], to wsi: OpaquePointer) {
    let start = room(for: raw.count)
    for (index, byte) in raw.enumerated() { start[index] = byte }
    lws_write(wsi, start, raw.count, LWS_WRITE_HTTP)
  }

  private func room(for count: Int) -> UnsafeMutablePointer<UInt8> {
    if count > capacity {
      bytes.deallocate()
      capacity = count
      bytes = .allocate(capacity: capacity + mockgem_lws_pre())
    }
    return bytes + mockgem_lws_pre()
  }
}
