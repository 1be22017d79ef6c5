import CLibwebsockets
import Glibc
import Wire

/// How a WebSocket begins: its head was read by the acceptor, and the application decides.
extension Loop {
  /// A WebSocket whose head was read: the application decides, then libwebsockets takes over.
  func open(_ descriptor: Int32, _ request: Request) {
    let connection = WebSocketConnection(id: setup.nextID())
    guard stopDeadline == nil else { return Sockets.finish(descriptor, with: []) }
    connections[connection.id] = connection
    var verdict: Verdict?
    // What holds for the answer to the handshake too.
    var early: [WireCommand] = []
    let commands = application.receive(.opened(request), from: connection.id, at: Clock.now())
    for command in commands {
      switch command {
      case .upgrade(let subprotocol): verdict = .upgrade(subprotocol)
      case .respond(let response): verdict = .respond(response)
      case .reset where verdict == nil && early.isEmpty: verdict = .reset
      case .reset where verdict == nil: early.append(.end(.reset))
      case .raw(let bytes) where verdict == nil: early.append(.raw(bytes))
      case .shape(let shape) where verdict == nil: early.append(.shape(shape))
      case .halfClose where verdict == nil: early.append(.halfClose)
      case .end(let closeNotify) where verdict == nil:
        early.append(.end(closeNotify ? .orderly : .silent))
      case .reset, .send, .close, .log, .record, .begin, .stream, .finish, .raw, .shape, .halfClose,
        .end:
        carryOut(command, for: connection)
      }
    }
    if !early.isEmpty {
      let id = connection.id
      for command in early { connection.noteShape(command) }
      connection.relayKey = setup.relay.interpose(on: descriptor, commands: early) {
        [weak self] in self?.post { $0.leaveBare(id) }
      }
    }
    switch verdict {
    case .upgrade(let subprotocol): adopt(descriptor, request, connection, subprotocol)
    case .respond(let response):
      Sockets.finish(descriptor, with: Sockets.bytes(of: response))
      forget(connection)
    case .reset:
      setup.finish(descriptor, .reset)
      Glibc.close(descriptor)
      forget(connection)
    case nil where connection.relayKey != nil:
      connection.bare = descriptor
      schedule(connection)
    case nil:
      setup.log(LogLine(.error, "the application decided nothing about \(request.path)"))
      Sockets.finish(descriptor, with: Sockets.bytes(of: Response(status: 500)))
      forget(connection)
    }
  }

  private enum Verdict {
    case upgrade(String?)
    case respond(Response)
    case reset
  }

  private func adopt(
    _ descriptor: Int32, _ request: Request, _ connection: WebSocketConnection,
    _ subprotocol: String?
  ) {
    incoming = (connection, subprotocol)
    let head = Handshake.canonicalHead(of: request)
    let wsi = head.withUnsafeBufferPointer { head in
      head.withMemoryRebound(to: CChar.self) {
        lws_adopt_socket_vhost_readbuf(vhost, descriptor, $0.baseAddress, $0.count)
      }
    }
    incoming = nil
    if wsi == nil || connection.wsi == nil {
      setup.log(LogLine(.warning, "a WebSocket was gone before it was open"))
      forget(connection)
    } else {
      schedule(connection)
    }
  }
}
