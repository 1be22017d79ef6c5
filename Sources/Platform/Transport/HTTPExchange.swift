import CMicrohttpd
import Synchronization
import Wire

/// One HTTP request on its way to an answer, whole or in pieces.
///
///     reading --whole--> suspended --answered--> resumed --queued--> over
///                           ^                       |
///                           '--- nothing to send ---'   (a body in pieces)
///
/// libmicrohttpd's thread reads and sends; a loop's thread answers. The lock keeps apart what both
/// touch: whether the connection is suspended, and the answer.
final class HTTPExchange: Sendable {
  private struct State: @unchecked Sendable {
    var connection: OpaquePointer?
    var isSuspended = false
    var response: Response?
    /// Whether libmicrohttpd has the head of the answer.
    var isBegun = false
    /// Nil for a whole answer.
    var stream: Stream?
    /// Ends in a TCP reset once everything is sent.
    var isCut = false
    /// The client has left; nothing more is sent.
    var isGone = false
    var isOver = false
    var observer: Observer?
    /// How the watch for hang-ups knows us.
    var watchNumber: UInt64?
    var sentBytes = 0
  }

  /// The unsent part of a body in pieces.
  private struct Stream {
    var bytes: [UInt8] = []
    var start = 0
    var isFinished = false

    var count: Int { bytes.count - start }
  }

  /// Who wants to know; called on libmicrohttpd's thread.
  struct Observer: Sendable {
    /// What was to be sent is sent.
    let drained: @Sendable () -> Void
    /// The exchange is over, or its client is gone.
    let over: @Sendable () -> Void
  }

  /// What libmicrohttpd gets when it asks for more of the body.
  enum Piece {
    case bytes(Int)
    case later
    case end
    /// A reset.
    case cut
    /// No end that the client could see, since it has left.
    case broken
  }

  /// The request target as the client wrote it.
  let target: String
  private let state = Mutex(State())
  private let body = Mutex<[UInt8]>([])
  private let size = Atomic(0)
  private let begun = Atomic(false)
  private let hangUps: HangUpWatch
  private let reset: @Sendable (Int32) -> Void

  init(
    target: String, hangUps: HangUpWatch, reset: @escaping @Sendable (Int32) -> Void
  ) {
    self.target = target
    self.hangUps = hangUps
    self.reset = reset
  }

  // MARK: - libmicrohttpd's thread

  /// True the first time it is asked: libmicrohttpd calls once before the body comes.
  func begin() -> Bool { begun.exchange(true, ordering: .relaxed) == false }

  /// Keeps a piece of the body, or only its size when that is too much already.
  func append(_ bytes: UnsafeRawBufferPointer) {
    size.add(bytes.count, ordering: .relaxed)
    if isTooLong { body.withLock { $0 = [] } } else { body.withLock { $0 += bytes } }
  }

  var isTooLong: Bool { size.load(ordering: .relaxed) > Limits.bodyBytesMax }

  func takeBody() -> [UInt8] {
    body.withLock { body in
      defer { body = [] }
      return body
    }
  }

  /// Stops libmicrohttpd from reading on until the answer is there.
  func suspend(_ connection: OpaquePointer?) {
    state.withLock { state in
      state.connection = connection
      state.isSuspended = true
      MHD_suspend_connection(connection)
    }
  }

  /// The answer, which libmicrohttpd has from now on.
  func takeResponse() -> Response? {
    state.withLock { state in
      state.isBegun = state.response != nil
      return state.response
    }
  }

  var isStream: Bool { state.withLock { $0.stream != nil } }
  var isCut: Bool { state.withLock { $0.isCut } }
  var isGone: Bool { state.withLock { $0.isGone } }

  /// Moves the next piece of the body into `buffer`; suspends the connection while there is none.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Piece {
    let (piece, drained) = state.withLock { state -> (Piece, Observer?) in
      if state.isGone { return (.broken, nil) }
      guard var stream = state.stream else { return (.end, nil) }
      if stream.count == 0 {
        if state.isCut { return (.cut, nil) }
        if stream.isFinished { return (.end, nil) }
        state.isSuspended = true
        MHD_suspend_connection(state.connection)
        return (.later, nil)
      }
      let count = min(stream.count, buffer.count)
      stream.bytes.withUnsafeBytes {
        buffer.copyMemory(from: .init(rebasing: $0[stream.start..<stream.start + count]))
      }
      stream.start += count
      state.sentBytes += count
      let isEmpty = stream.count == 0
      if isEmpty {
        stream.bytes.removeAll(keepingCapacity: true)
        stream.start = 0
      }
      state.stream = stream
      return (.bytes(count), isEmpty ? state.observer : nil)
    }
    drained?.drained()
    return piece
  }

  func shutDownSocket() {
    state.withLock { Sockets.shutDown(mockgem_mhd_socket($0.connection)) }
  }

  func resetSocket() {
    state.withLock { reset(mockgem_mhd_socket($0.connection)) }
  }

  /// libmicrohttpd is done with the connection's request, for whatever reason.
  func end() {
    let observer = state.withLock { state in
      if let connection = state.connection {
        let descriptor = mockgem_mhd_socket(connection)
        if let number = state.watchNumber { hangUps.forget(number, descriptor) }
        // Behind a whole answer; in a body, `read` has seen to it.
        if state.isCut, state.stream == nil, state.response != nil { reset(descriptor) }
      }
      state.isOver = true
      state.connection = nil
      state.isSuspended = false
      defer { state.observer = nil }
      return state.observer
    }
    observer?.over()
  }

  // MARK: - The watch's thread

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

  // MARK: - The loop's thread

  func watch(_ observer: Observer) { state.withLock { $0.observer = observer } }

  /// Has the observer told when the client leaves while nothing is sent.
  func watchClient() {
    state.withLock { state in
      guard !state.isOver, let connection = state.connection else { return }
      state.watchNumber = hangUps.watch(mockgem_mhd_socket(connection), of: self)
    }
  }

  /// How much of a body in pieces is unsent.
  var unsentBytes: Int { state.withLock { $0.stream?.count ?? 0 } }

  /// What follows takes effect with `goOn`, so that an answer and a reset behind it are one.
  func answer(_ response: Response) {
    state.withLock { if $0.response == nil { $0.response = response } }
  }

  /// Answers with a head; the body follows by `send`.
  func begin(_ response: Response) {
    state.withLock { state in
      guard state.response == nil else { return }
      state.response = response
      state.stream = Stream(bytes: response.body)
    }
  }

  func send(_ payload: Payload) {
    state.withLock { state in
      if state.isOver { return }
      for piece in payload.pieces { state.stream?.bytes += piece }
    }
  }

  func finish() { state.withLock { $0.stream?.isFinished = true } }

  /// Ends the connection with a TCP reset, once libmicrohttpd has sent what it was given.
  func cut() { state.withLock { if !$0.isOver { $0.isCut = true } } }

  /// Lets libmicrohttpd take what there is.
  func goOn() {
    state.withLock { state in
      let stream = state.stream
      let hasBody = stream.map { $0.count > 0 || $0.isFinished } ?? false
      let hasHead = state.response != nil && !state.isBegun
      if hasBody || hasHead || state.isCut { resume(&state) }
    }
  }

  /// The server stops: libmicrohttpd aborts the process when it ends with a suspended connection.
  func abandon() {
    state.withLock { state in
      if state.response == nil { state.response = Response(status: 503) }
      state.stream?.isFinished = true
      resume(&state)
    }
  }

  private func resume(_ state: inout State) {
    guard state.isSuspended else { return }
    state.isSuspended = false
    MHD_resume_connection(state.connection)
  }
}
