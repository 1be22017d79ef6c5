import CLibwebsockets
import Glibc
import VirtualTime
import Wire

/// WebSockets that misbehave on the wire: the relay stands between them and libwebsockets.
extension Loop {
  /// Has a command carried out behind what is queued.
  func order(_ command: WireCommand, for connection: WebSocketConnection) {
    // What ends a stall must not wait behind what the stall holds back.
    if case .shape = command, connection.isStalled, let key = connection.relayKey {
      connection.noteShape(command)
      setup.relay.order(command, on: key) {}
    } else if connection.bare != nil, let key = connection.relayKey {
      setup.relay.order(command, on: key) {}
    } else if connection.closing == nil {
      connection.enqueue(command)
    }
  }

  /// The command's turn has come: nothing of what was sent before is in libwebsockets any more.
  func relay(_ command: WireCommand, of connection: WebSocketConnection) {
    let id = connection.id
    if connection.relayKey == nil, let wsi = connection.wsi {
      connection.relayKey = setup.relay.interpose(on: lws_get_socket_fd(wsi))
      if connection.relayKey != nil, !isConfirming { confirmRelayed() }
    }
    guard let key = connection.relayKey else {
      log(LogLine(.error, "has no fault: there are no descriptors left"), of: id)
      return connection.goOn()
    }
    connection.noteShape(command)
    setup.relay.order(command, on: key) { [weak self] in
      self?.post { $0.connections[id]?.goOn() }
    }
  }

  /// libwebsockets' own pings are held back too, and it must not miss their answers: whether a
  /// relayed connection ends is the scenario's to say.
  func confirmRelayed() {
    let relayed = connections.values.filter { $0.relayKey != nil }
    isConfirming = !relayed.isEmpty
    guard isConfirming else { return }
    for connection in relayed {
      if let wsi = connection.wsi { lws_validity_confirmed(wsi) }
    }
    let pause = Duration.milliseconds(Int(setup.pingSeconds) * 500)
    timers.add(Clock.now() + pause, for: .relayWake)
    timers.arm()
  }

  /// A connection without a library behind it has ended.
  func leaveBare(_ id: ConnectionID) {
    if let connection = connections[id], connection.bare != nil { leave(connection) }
  }

  func leave(_ connection: WebSocketConnection) {
    if let bare = connection.bare { Glibc.close(bare) }
    connection.bare = nil
    forget(connection)
  }
}
