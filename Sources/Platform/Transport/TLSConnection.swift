import COpenSSL
import Glibc
import VirtualTime

/// One TLS connection of the pump: an outer socket with TLS, an inner one in plaintext.
///
///     handshaking -> open -> lingering -> over
///                     '--(a reset)--> resetting -> over
///
/// It lingers after we have said our last, so that the peer's last words, such as the answer to a
/// close frame, do not meet a closed socket and come back as a reset. A server that has ended only
/// its own side, and still listens, leaves the connection open.
final class TLSConnection {
  enum Outcome { case open, over }

  /// How the connection ends once the server has closed its end and all it wrote is out.
  enum Ending: Sendable {
    /// With a close_notify (RFC 8446, 6.1) and a FIN.
    case orderly
    /// With a FIN only, as a process does that dies: a truncation.
    case silent
    case reset
  }

  private enum Stage { case handshaking, open, lingering, resetting }

  let outer: Int32
  let inner: Int32
  /// Of the plaintext end, as `Sockets.localIdentity` gives it.
  let identity: UInt64
  /// The plaintext end for the server, until the handshake is done.
  private var served: Int32?
  /// When the stage has taken too long; nil for an open connection.
  private(set) var deadline: Instant?
  private let ssl: OpaquePointer
  private var stage = Stage.handshaking
  /// Read from one side, not yet taken by the other.
  private var inward: ArraySlice<UInt8> = []
  private var outward: ArraySlice<UInt8> = []
  private var peerHasEnded = false
  private var isEndPassedOn = false
  /// The server has ended its side.
  private var weHaveEnded = false
  /// And the peer has been told, while the server goes on listening.
  private var isHalfClosed = false

  init(ssl: OpaquePointer, outer: Int32, inner: Int32, served: Int32, deadline: Instant) {
    self.ssl = ssl
    self.outer = outer
    self.inner = inner
    self.served = served
    identity = Sockets.localIdentity(served) ?? 0
    self.deadline = deadline
  }

  /// Whether only time can tell how it goes on.
  var isResetting: Bool { stage == .resetting }

  /// Moves what can be moved; to be called whenever either socket has changed. `ending` is asked
  /// when the server has ended: how it does was said before.
  func progress(through scratch: inout [UInt8], ending: () -> Ending) -> Outcome {
    while true {
      let moved: Bool
      switch stage {
      case .handshaking:
        guard let done = handshake() else { return .over }
        moved = done
      case .open:
        guard let read = moveInward(&scratch), let written = moveOutward(&scratch) else {
          return .over
        }
        moved = read || written
        if weHaveEnded, outward.isEmpty { endOutward(ending()) }
      case .lingering: return drain(&scratch)
      case .resetting:
        guard Sockets.unsentBytes(outer) == 0 else { return .open }
        Sockets.reset(outer)
        return .over
      }
      if !moved, stage == .handshaking || stage == .open { return .open }
    }
  }

  /// The plaintext end, once: as soon as there is something behind it.
  func takeServed() -> Int32? {
    if stage == .handshaking { return nil }
    defer { served = nil }
    return served
  }

  func end() {
    SSL_free(ssl)
    close(outer)
    close(inner)
    if let served { close(served) }
  }

  /// True when the handshake is done, false when it waits, nil when it failed.
  private func handshake() -> Bool? {
    ERR_clear_error()
    let result = SSL_do_handshake(ssl)
    if result == 1 {
      stage = .open
      deadline = nil
      return true
    }
    return wouldBlock(result) ? false : nil
  }

  /// From the peer to the server. Nil when the peer broke the connection.
  private func moveInward(_ scratch: inout [UInt8]) -> Bool? {
    var moved = false
    if inward.isEmpty, !peerHasEnded {
      ERR_clear_error()
      let count = SSL_read(ssl, &scratch, Int32(scratch.count))
      if count > 0 {
        inward = scratch[..<Int(count)]
        moved = true
      } else if SSL_get_error(ssl, count) == SSL_ERROR_ZERO_RETURN {
        peerHasEnded = true
      } else if !wouldBlock(count) {
        return nil
      }
    }
    if !inward.isEmpty {
      let count = inward.withUnsafeBytes {
        send(inner, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        inward = Self.rest(of: inward, after: count)
        moved = true
      } else if errno != EAGAIN {
        // The server has closed and reads no more; what it wrote may still be on its way.
        inward = []
        peerHasEnded = true
      } else {
        inward = ArraySlice(Array(inward))
      }
    }
    // Once: each time wakes both ends, and so us.
    if peerHasEnded, inward.isEmpty, !isEndPassedOn {
      isEndPassedOn = true
      shutdown(inner, Int32(SHUT_WR))
    }
    return moved
  }

  /// From the server to the peer. Nil when the peer broke the connection.
  private func moveOutward(_ scratch: inout [UInt8]) -> Bool? {
    var moved = false
    if outward.isEmpty, !weHaveEnded {
      let count = read(inner, &scratch, scratch.count)
      if count > 0 {
        outward = scratch[..<count]
        moved = true
      } else if count == 0 || errno != EAGAIN {
        weHaveEnded = true
      }
    }
    if !outward.isEmpty {
      ERR_clear_error()
      let count = outward.withUnsafeBytes { SSL_write(ssl, $0.baseAddress, Int32($0.count)) }
      if count > 0 {
        outward = Self.rest(of: outward, after: Int(count))
        moved = true
      } else if wouldBlock(count) {
        outward = ArraySlice(Array(outward))
      } else {
        return nil
      }
    }
    return moved
  }

  /// An emptied slice would still hold the whole scratch buffer, and have it copied.
  private static func rest(of bytes: ArraySlice<UInt8>, after count: Int) -> ArraySlice<UInt8> {
    count == bytes.count ? [] : bytes.dropFirst(count)
  }

  private func endOutward(_ ending: Ending) {
    let isClosed = Sockets.isHungUp(inner)
    if isClosed, ending == .reset {
      stage = .resetting
      deadline = Clock.now() + Limits.linger
      return
    }
    if !isHalfClosed {
      isHalfClosed = true
      if ending == .orderly { SSL_shutdown(ssl) }
      shutdown(outer, Int32(SHUT_WR))
    }
    if isClosed {
      stage = .lingering
      deadline = Clock.now() + Limits.linger
    }
  }

  private func drain(_ scratch: inout [UInt8]) -> Outcome {
    while true {
      let count = recv(outer, &scratch, scratch.count, Int32(MSG_DONTWAIT))
      if count < 0, errno == EAGAIN { return .open }
      if count <= 0 { return .over }
    }
  }

  private func wouldBlock(_ result: Int32) -> Bool {
    let error = SSL_get_error(ssl, result)
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE
  }
}
