import CMicrohttpd
import Synchronization
import Wire

/// One HTTP request that came in whole, on its way to an answer, whole or in pieces.
///
///     arrived --answered at once---------> queued --> over
///        |                                   ^ |
///        '--> suspended --something to send--' |
///               ^ | '--commands for the relay  |
///               '-+------ nothing to send -----'
///
/// The loop of its connection reads and sends; that loop, or another that has the namespace,
/// answers. The lock keeps apart what both touch, and the threads of watch and relay: whether the
/// connection is suspended, and what is to be sent.
final class HTTPExchange: Sendable {
  private struct State: @unchecked Sendable {
    var connection: OpaquePointer?
    var isSuspended = false
    var isAnswered = false
    /// Nothing more is sent: the client has left, or the relay ends the connection.
    var isGone = false
    var isOver = false
    var observer: Observer?
    var queue: [Item] = []
    /// How much of the first bytes is sent; how much is unsent in all; how much was sent.
    var start = 0
    var unsentBytes = 0
    var sentBytes = 0
    /// How the watch for hang-ups knows us.
    var watchNumber: UInt64?
    /// How the relay knows us, once it has met us; and whether it is at work.
    var relayKey: Relay.Key?
    /// Whether the relay was asked to step in; without descriptors it cannot.
    var isRelayTried = false
    var isWaitingForRelay = false
    /// Whether the relay lets nothing through right now.
    var isStalled = false
  }

  private enum Item {
    case head(Response, isWhole: Bool)
    /// A part of a payload; what is one payload travels together.
    case bytes([UInt8], isLast: Bool)
    case finish
    case wire(WireCommand)
  }

  /// Who wants to know; called on the thread of the connection's loop.
  struct Observer: Sendable {
    /// What was to be sent is sent.
    let drained: @Sendable () -> Void
    /// The exchange is over, or its client is gone.
    let over: @Sendable () -> Void
  }

  /// Whom an exchange needs besides libmicrohttpd.
  struct Helpers: Sendable {
    let hangUps: HangUpWatch
    let relay: Relay
    /// Told, on any thread, that libmicrohttpd has something to do for a resumed exchange.
    let resumed: @Sendable () -> Void
  }

  /// What libmicrohttpd gets when it asks for an answer.
  enum Answer {
    case head(Response, isWhole: Bool)
    case none
    /// No end that the client could see.
    case broken
  }

  /// What libmicrohttpd gets when it asks for more of the body.
  enum Piece {
    case bytes(Int)
    case later
    case end
    /// No end that the client could see.
    case broken
  }

  private let state = Mutex(State())
  private let helpers: Helpers

  init(_ connection: OpaquePointer?, helpers: Helpers) {
    state.withLock { $0.connection = connection }
    self.helpers = helpers
  }

  // MARK: - The connection's loop

  /// The answer, which libmicrohttpd has from now on; while there is none it does not read on.
  func takeAnswer() -> Answer {
    state.withLock { state in
      if state.isGone { return .broken }
      if case .head(let response, let isWhole) = state.queue.first, !wantsRelay(state) {
        state.queue.removeFirst()
        return .head(response, isWhole: isWhole)
      }
      suspend(&state)
      return .none
    }
  }

  /// Moves the next piece of the body into `buffer`; suspends the connection while there is none.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Piece {
    let (piece, drained) = state.withLock { state -> (Piece, Observer?) in
      if state.isGone {
        // Without an event on the socket libmicrohttpd keeps it until it has been idle for long.
        Sockets.shutDown(mockgem_mhd_socket(state.connection))
        return (.broken, nil)
      }
      switch state.queue.first {
      case .bytes:
        let count = Self.move(&state, into: buffer)
        return (.bytes(count), state.unsentBytes == 0 ? state.observer : nil)
      case .finish where !wantsRelay(state), .head: return (.end, nil)
      case nil, .wire, .finish:
        suspend(&state)
        return (.later, nil)
      }
    }
    drained?.drained()
    return piece
  }

  /// Moves what fits of one payload: each call makes a chunk, and a segment of its own.
  private static func move(_ state: inout State, into buffer: UnsafeMutableRawBufferPointer)
    -> Int
  {
    var filled = 0
    while filled < buffer.count, case .bytes(let bytes, let isLast) = state.queue.first {
      let count = min(bytes.count - state.start, buffer.count - filled)
      bytes.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
          .copyMemory(from: .init(rebasing: $0[state.start..<state.start + count]))
      }
      filled += count
      state.start += count
      if state.start < bytes.count { break }
      state.queue.removeFirst()
      state.start = 0
      if isLast { break }
    }
    state.unsentBytes -= filled
    state.sentBytes += filled
    return filled
  }

  /// libmicrohttpd is done with the connection's request, for whatever reason.
  func end() {
    let observer = state.withLock { state in
      if let connection = state.connection {
        if let number = state.watchNumber {
          helpers.hangUps.forget(number, mockgem_mhd_socket(connection))
        }
        // What is to happen behind the answer. The relay stepped in before, while libmicrohttpd did
        // not look at its socket: it must find there what it has put into its epoll set.
        for case .wire(let command) in state.queue where !state.isGone {
          if state.relayKey != nil {
            order(command, &state)
          } else if case .end = command {
            Sockets.shutDown(mockgem_mhd_socket(connection))
          }
        }
      }
      state.isOver = true
      state.connection = nil
      state.isSuspended = false
      defer { state.observer = nil }
      return state.observer
    }
    observer?.over()
  }

  // MARK: - The threads of the watch and the relay

  /// The client is gone.
  func leave() {
    state.withLock { state in
      if state.isOver { return }
      state.isGone = true
      resume(&state)
    }
  }

  /// How much of a body in pieces libmicrohttpd has taken.
  var sentBytes: Int { state.withLock { $0.sentBytes } }

  /// The relay has taken its command.
  private func relayed(isEnd: Bool) {
    state.withLock { state in
      if state.isOver { return }
      state.isWaitingForRelay = false
      if isEnd {
        state.isGone = true
        resume(&state)
      } else {
        goOn(&state)
      }
    }
  }

  // MARK: - The loop that answers

  func watch(_ observer: Observer) {
    let isOver = state.withLock { state in
      if !state.isOver { state.observer = observer }
      return state.isOver
    }
    if isOver { observer.over() }
  }

  /// Has the observer told when the client leaves while nothing is sent.
  func watchClient() {
    state.withLock { state in
      guard !state.isOver, let connection = state.connection else { return }
      state.watchNumber = helpers.hangUps.watch(mockgem_mhd_socket(connection), of: self)
    }
  }

  /// How much of a body in pieces is unsent.
  var unsentBytes: Int { state.withLock { $0.unsentBytes } }

  /// Answers with `response`: whole, or its head only, and the body follows by `send`. Like all
  /// that follows it takes effect with `goOn`, so that an answer and a reset behind it are one.
  func answer(_ response: Response, isWhole: Bool) {
    state.withLock { state in
      if state.isAnswered { return }
      state.isAnswered = true
      state.queue.append(.head(response, isWhole: isWhole))
    }
    if !isWhole { send(Payload(response.body)) }
  }

  func send(_ payload: Payload) {
    state.withLock { state in
      if state.isOver || state.isGone { return }
      let pieces = payload.pieces.filter { !$0.isEmpty }
      for (index, piece) in pieces.enumerated() {
        state.queue.append(.bytes(piece, isLast: index == pieces.count - 1))
        state.unsentBytes += piece.count
      }
    }
  }

  func finish() { state.withLock { $0.queue.append(.finish) } }

  /// Has the relay do something behind what was sent.
  func order(_ command: WireCommand) {
    state.withLock { state in
      if state.isOver { return }
      // What ends a stall must not wait behind what the stall holds back.
      if case .shape(let shape) = command, state.isStalled, let key = state.relayKey {
        state.isStalled = shape.bytesPerSecond == 0
        return helpers.relay.order(command, on: key) {}
      }
      state.queue.append(.wire(command))
    }
  }

  /// Lets whoever is next take what there is.
  func goOn() { state.withLock { goOn(&$0) } }

  // MARK: - With the lock

  private func suspend(_ state: inout State) {
    state.isSuspended = true
    MHD_suspend_connection(state.connection)
    goOn(&state)
  }

  private func goOn(_ state: inout State) {
    guard state.isSuspended, !state.isWaitingForRelay else { return }
    if wantsRelay(state) { stepIn(&state) }
    switch state.queue.first {
    case nil: break
    case .head, .bytes, .finish: resume(&state)
    case .wire(let command):
      state.queue.removeFirst()
      state.isWaitingForRelay = true
      order(command, &state)
    }
  }

  /// Whether the relay has something to do behind the last that libmicrohttpd sends, and is not
  /// there yet.
  private func wantsRelay(_ state: State) -> Bool {
    guard state.relayKey == nil, !state.isRelayTried, case .wire = state.queue.dropFirst().first
    else { return false }
    return switch state.queue.first {
    case .head(_, let isWhole): isWhole
    case .finish: true
    case .bytes, .wire, nil: false
    }
  }

  private func stepIn(_ state: inout State) {
    state.isRelayTried = true
    state.relayKey = helpers.relay.interpose(on: mockgem_mhd_socket(state.connection))
  }

  /// libmicrohttpd must have sent what it was given, and must not look at its socket meanwhile.
  private func order(_ command: WireCommand, _ state: inout State) {
    if state.relayKey == nil { stepIn(&state) }
    if case .shape(let shape) = command { state.isStalled = shape.bytesPerSecond == 0 }
    let isEnd = if case .end = command { true } else { false }
    // Without descriptors there are no faults; an end is still one.
    guard let key = state.relayKey else {
      state.isWaitingForRelay = false
      state.isGone = state.isGone || isEnd
      return resume(&state)
    }
    helpers.relay.order(command, on: key) { [weak self] in self?.relayed(isEnd: isEnd) }
  }

  private func resume(_ state: inout State) {
    guard state.isSuspended else { return }
    state.isSuspended = false
    MHD_resume_connection(state.connection)
    helpers.resumed()
  }
}
