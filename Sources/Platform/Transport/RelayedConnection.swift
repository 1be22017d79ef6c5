import CSystem
import Glibc
import VirtualTime
import Wire

/// What a relay is told to do with a connection, behind what the server has written before.
enum WireCommand: Sendable {
  case raw([UInt8])
  case shape(Shape)
  case halfClose
  case end(TLSConnection.Ending)
}

/// One connection of the relay: the outer socket leads to the client, the inner one to a library.
///
///     open -> ending (the last bytes are on their way) -> over
final class RelayedConnection {
  enum Outcome { case open, over }

  private enum Stage {
    case open
    /// Until the client has all, and then a reset.
    case resetting
    /// Until the client has ended its side too.
    case lingering
  }

  private enum Item {
    case bytes([UInt8])
    case shape(Shape)
    case halfClose
    case end(TLSConnection.Ending)
  }

  let outer: Int32
  let inner: Int32
  /// When it wants to be called though no socket has changed.
  private(set) var wake: Instant?
  /// Whether a socket may have something to read: it said so, and was not read to its end since.
  private var isOuterReady = true
  private var isInnerReady = true
  private var stage = Stage.open
  private var deadline = Instant.start
  private var inward: [UInt8] = []
  private var outward: [Item] = []
  /// How much of the first bytes is sent, and how much there is in all.
  private var sent = 0
  private var queuedBytes = 0
  private var shape = Shape()
  private var nextPiece = Instant.start
  /// Whether there was something to send before `nextPiece`.
  private var isPieceAwaited = false
  private var sieve: PongSieve?
  private var latePongs: [(due: Instant, bytes: [UInt8])] = []
  private var peerHasEnded = false
  private var isEndPassedOn = false
  private var serverHasEnded = false
  private var serverHasClosed = false
  private var isHalfClosed = false
  let over: @Sendable () -> Void
  private let finish: (_ outer: Int32, _ ending: TLSConnection.Ending) -> Void

  init(
    outer: Int32, inner: Int32,
    finish: @escaping (_ outer: Int32, _ ending: TLSConnection.Ending) -> Void,
    over: @escaping @Sendable () -> Void
  ) {
    self.outer = outer
    self.inner = inner
    self.finish = finish
    self.over = over
  }

  func close() {
    Glibc.close(outer)
    Glibc.close(inner)
  }

  /// A socket has changed.
  func stir() {
    isOuterReady = true
    isInnerReady = true
  }

  /// Takes a command behind everything that the server has written until now.
  func take(_ command: WireCommand, through scratch: inout [UInt8], at now: Instant) {
    isInnerReady = true
    while fill(&scratch, at: now) {}
    add(command)
  }

  /// Takes a command behind everything that is here.
  func add(_ command: WireCommand) {
    switch command {
    case .raw(let bytes): append(bytes)
    case .shape(let shape):
      sieve = shape.pongs == .sent ? nil : sieve ?? PongSieve()
      pongs = shape.pongs
      outward.append(.shape(shape))
    case .halfClose: outward.append(.halfClose)
    case .end(let ending): outward.append(.end(ending))
    }
  }

  /// Moves what can be moved; to be called behind `stir`, and at `wake`.
  func progress(through scratch: inout [UInt8], at now: Instant) -> Outcome {
    wake = nil
    while true {
      switch stage {
      case .open:
        guard let heard = moveInward(&scratch) else { return .over }
        releasePongs(at: now)
        let read = queuedBytes < Limits.relayedBytesMax && fill(&scratch, at: now)
        guard let said = moveOutward(at: now) else { return .over }
        // Nothing will be said any more, and nobody listens.
        if serverHasClosed, shape.bytesPerSecond == 0, isPeerGone { return .over }
        if stage == .open, !heard, !read, !said { return .open }
      case .resetting:
        if Sockets.unsentBytes(outer) > 0, now < deadline {
          wake = now + .milliseconds(2)
          return .open
        }
        finish(outer, .reset)
        return .over
      case .lingering:
        wake = deadline
        if now >= deadline { return .over }
        let count = recv(outer, &scratch, scratch.count, Int32(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN { return .open }
        if count <= 0 { return .over }
      }
    }
  }

  // MARK: - From the client

  private var isPeerGone: Bool {
    var state = pollfd(fd: outer, events: Int16(EPOLLRDHUP.rawValue), revents: 0)
    return poll(&state, 1, 0) > 0
  }

  /// Whether something moved; nil when the client broke the connection.
  private func moveInward(_ scratch: inout [UInt8]) -> Bool? {
    if shape.isDeaf { return Sockets.isHungUp(outer) ? nil : false }
    var moved = false
    if inward.isEmpty, !peerHasEnded, isOuterReady {
      let count = recv(outer, &scratch, scratch.count, Int32(MSG_DONTWAIT))
      if count > 0 {
        inward = Array(scratch[..<count])
        moved = true
      } else if count == 0 {
        peerHasEnded = true
      } else if errno == EAGAIN {
        isOuterReady = false
      } else {
        return nil
      }
    }
    if !inward.isEmpty {
      let count = send(inner, inward, inward.count, Int32(MSG_NOSIGNAL))
      if count > 0 {
        inward.removeFirst(count)
        moved = true
      } else if errno != EAGAIN {
        inward = []
        moved = true
      }
    }
    // Once: each time wakes both ends, and so us.
    if peerHasEnded, inward.isEmpty, !isEndPassedOn {
      isEndPassedOn = true
      shutdown(inner, Int32(SHUT_WR))
    }
    return moved
  }

  // MARK: - To the client

  private var pongs = Shape.Pongs.sent

  /// Reads once from the server; false when there is nothing.
  private func fill(_ scratch: inout [UInt8], at now: Instant) -> Bool {
    if serverHasClosed || !isInnerReady { return false }
    let count = recv(inner, &scratch, scratch.count, Int32(MSG_DONTWAIT))
    if count > 0 {
      sift(scratch[..<count], at: now)
      return true
    }
    isInnerReady = false
    if count < 0, errno == EAGAIN { return false }
    if Sockets.isHungUp(inner) {
      serverHasClosed = true
      outward.append(.end(.orderly))
    } else if !serverHasEnded {
      serverHasEnded = true
      outward.append(.halfClose)
    }
    return false
  }

  private func sift(_ bytes: ArraySlice<UInt8>, at now: Instant) {
    guard var sieve else { return append(Array(bytes)) }
    let (passed, taken) = sieve.sift(bytes)
    self.sieve = sieve
    append(passed)
    if case .late(let delay) = pongs {
      latePongs += taken.prefix(Limits.latePongsMax - latePongs.count).map { (now + delay, $0) }
    }
  }

  private func releasePongs(at now: Instant) {
    while let first = latePongs.first, first.due <= now, sieve?.isBetweenFrames ?? true {
      append(first.bytes)
      latePongs.removeFirst()
    }
    if let first = latePongs.first { sleep(until: first.due) }
  }

  private func append(_ bytes: [UInt8]) {
    if bytes.isEmpty { return }
    outward.append(.bytes(bytes))
    queuedBytes += bytes.count
  }

  private func sleep(until time: Instant) { wake = min(wake ?? time, time) }

  /// What is next. In a stall that is the shape that ends it, wherever it is: the rest must wait.
  private func nextItem() -> Item? {
    guard shape.bytesPerSecond == 0, !outward.isEmpty else { return outward.first }
    let index = outward.firstIndex { if case .shape = $0 { true } else { false } }
    guard let index, index > 0 else { return index.map { outward[$0] } }
    let item = outward.remove(at: index)
    outward.insert(item, at: 0)
    return item
  }

  /// Whether something moved; nil when the client broke the connection.
  private func moveOutward(at now: Instant) -> Bool? {
    var moved = false
    while let item = nextItem() {
      switch item {
      case .bytes(let bytes):
        guard let count = put(bytes, at: now) else { return nil }
        if count == 0 { return moved }
        sent += count
        queuedBytes -= count
        if sent < bytes.count {
          moved = true
          continue
        }
        sent = 0
      case .shape(let shape):
        self.shape = shape
        nextPiece = now
      case .halfClose:
        if !isHalfClosed { shutdown(outer, Int32(SHUT_WR)) }
        isHalfClosed = true
      case .end(let ending):
        end(ending, at: now)
        return true
      }
      outward.removeFirst()
      moved = true
    }
    return moved
  }

  /// How many bytes went out: 0 when none may or can; nil when the client broke the connection.
  private func put(_ bytes: [UInt8], at now: Instant) -> Int? {
    if isHalfClosed { return bytes.count - sent }
    var piece = bytes.count - sent
    if let rate = shape.bytesPerSecond {
      if now < nextPiece {
        isPieceAwaited = true
        sleep(until: nextPiece)
        return 0
      }
      // A late wake-up is made good, but not a long one; what is due by then goes together.
      let earliest = isPieceAwaited ? now + (.zero - Limits.pieceLatenessMax) : now
      nextPiece = max(nextPiece, earliest)
      let late = (now - nextPiece).nanoseconds * Int64(rate) / 1_000_000_000
      piece = min(piece, (shape.pieceBytes ?? max(1, rate / Limits.piecesPerSecond)) + Int(late))
    } else if let most = shape.pieceBytes {
      piece = min(piece, max(1, most))
    }
    let count = bytes.withUnsafeBytes {
      send(outer, $0.baseAddress?.advanced(by: sent), piece, Int32(MSG_NOSIGNAL))
    }
    if count < 0 { return errno == EAGAIN ? 0 : nil }
    if let rate = shape.bytesPerSecond {
      isPieceAwaited = false
      nextPiece = nextPiece + .nanoseconds(Int64(count) * 1_000_000_000 / Int64(rate))
    }
    return count
  }

  private func end(_ ending: TLSConnection.Ending, at now: Instant) {
    outward = []
    queuedBytes = 0
    deadline = now + Limits.linger
    switch ending {
    case .reset: stage = .resetting
    case .orderly, .silent:
      finish(outer, ending)
      stage = .lingering
    }
  }
}
