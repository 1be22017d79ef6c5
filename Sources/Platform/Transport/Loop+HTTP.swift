import CLibwebsockets
import Glibc
import Synchronization
import VirtualTime
import Wire

/// libmicrohttpd on a loop: libwebsockets watches its descriptor, and the loop's timer its time.
extension Loop {
  /// Serves HTTP from now on; to be called before the loop runs. `assign` names the loop that has
  /// what a request is about.
  func serveHTTP(
    hangUps: HangUpWatch, blobs: BlobFolder, assign: @escaping @Sendable (Request) -> Loop
  ) throws(TransportError) {
    let front = try HTTPFront(
      .init(
        request: { [unowned self] exchange, request in
          let loop = assign(request)
          if loop === self { return open(exchange, request, from: self) }
          loop.post { [unowned self] in $0.open(exchange, request, from: self) }
        },
        webSocket: { descriptor, request in
          assign(request).post { $0.open(descriptor, request) }
        }, keepsBody: { [unowned self] in application.keepsBody(of: $0) }),
      helpers: .init(
        hangUps: hangUps, relay: setup.relay, resumed: { [weak self] in self?.serveHTTPSoon() }),
      blobs: blobs, log: setup.log)
    // libwebsockets closes what it has adopted.
    http = (front, try watch(file: dup(front.descriptor)))
  }

  /// Takes an unread connection.
  func adopt(_ descriptor: Int32, isSecure: Bool) {
    guard let front = http?.front else { return _ = Glibc.close(descriptor) }
    front.adopt(descriptor, isSecure: isSecure)
    serveHTTP()
  }

  /// Has `serveHTTP` called once this thread is done with what it does, or is woken up for it;
  /// callable from any thread.
  private func serveHTTPSoon() {
    if isHTTPDue.exchange(true, ordering: .acquiringAndReleasing) { return }
    if thread.load(ordering: .relaxed) != pthread_self() { post { _ in } }
  }

  /// Each turn libmicrohttpd walks over all suspended connections: where they are many, those that
  /// were resumed within a moment go together.
  func serveHTTPInTurn() {
    let next = lastHTTPTurn + Limits.httpTurn
    if exchanges.count > Limits.httpCrowdMin, Clock.now() < next {
      wake(at: next)
    } else {
      serveHTTP()
    }
  }

  /// Lets libmicrohttpd do what it can.
  func serveHTTP() {
    guard let front = http?.front else { return }
    lastHTTPTurn = Clock.now()
    let end = lastHTTPTurn + Limits.httpTurnMax
    for _ in 0..<Limits.httpRoundsMax where Clock.now() < end {
      isHTTPDue.store(false, ordering: .releasing)
      let pause = front.serve()
      // What was resumed meanwhile libmicrohttpd does not count.
      if isHTTPDue.load(ordering: .acquiring) { continue }
      switch pause {
      case .none: continue
      case .forever: return
      case .milliseconds(let pause):
        wake(at: Clock.now() + .milliseconds(Int(clamping: pause)))
        return
      }
    }
    // WebSockets have their turn too.
    if isHTTPPosted { return }
    isHTTPPosted = true
    post {
      $0.isHTTPPosted = false
      $0.serveHTTP()
    }
  }

  private func wake(at time: Instant) {
    guard httpWake.map({ time < $0 }) ?? true else { return }
    httpWake = time
    timers.add(time, for: .httpWake)
    timers.arm()
  }

  /// Ends every exchange of this loop's connections.
  func stopHTTP() {
    http?.front.stop()
    http = nil
  }
}
