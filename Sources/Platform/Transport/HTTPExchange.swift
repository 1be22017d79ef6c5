import CMicrohttpd
import Synchronization
import Wire

/// One HTTP request on its way to an answer.
///
///     reading --whole--> suspended --answered--> resumed --queued--> over
///
/// libmicrohttpd's thread reads and sends; a loop's thread answers. The lock keeps apart what both
/// touch: whether the connection is suspended, and the answer.
final class HTTPExchange: Sendable {
  private struct State: @unchecked Sendable {
    var connection: OpaquePointer?
    var isSuspended = false
    var response: Response?
  }

  /// The request target as the client wrote it.
  let target: String
  private let state = Mutex(State())
  private let body = Mutex<[UInt8]>([])
  private let size = Atomic(0)
  private let begun = Atomic(false)

  init(target: String) { self.target = target }

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

  func answer(_ response: Response) {
    state.withLock { state in
      if state.response == nil { state.response = response }
      resume(&state)
    }
  }

  /// Answers when nobody has; true when that was needed.
  func answerIfSilent(_ response: Response) -> Bool {
    let isSilent = state.withLock { $0.response == nil }
    if isSilent { answer(response) }
    return isSilent
  }

  /// The server stops: libmicrohttpd aborts the process when it ends with a suspended connection.
  func abandon() { _ = answerIfSilent(Response(status: 503)) }

  var response: Response? { state.withLock { $0.response } }

  private func resume(_ state: inout State) {
    guard state.isSuspended else { return }
    state.isSuspended = false
    MHD_resume_connection(state.connection)
  }
}
