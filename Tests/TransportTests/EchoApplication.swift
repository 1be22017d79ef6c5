import VirtualTime
import Wire

/// What the transport is tested with: it echoes, and does what paths and messages tell it to.
struct EchoApplication: Application {
  private var deadlines: [ConnectionID: Instant] = [:]

  mutating func receive(_ event: PeerEvent, from connection: ConnectionID, at now: Instant)
    -> [PeerCommand]
  {
    switch event {
    case .opened(let request) where request.asksForWebSocket: return open(request)
    case .opened(let request):
      let body =
        "\(request.method) \(request.target) \(request.body.count) \(request.isSecure) "
        + "\(request.header("X-Long")?.count ?? 0)"
      return [
        .respond(Response(status: 200, headers: [Header("X-A", "1")], body: Array(body.utf8)))
      ]
    case .message(let opcode, let bytes): return answer(opcode, bytes, connection, now)
    case .due:
      deadlines[connection] = nil
      return [.send(.text, Payload(Array("due".utf8)))]
    case .closed(let code, let reason):
      let text = "closed \(code.map(\.description) ?? "nil") \(reason)"
      return [.log(LogLine(.info, text))]
    }
  }

  func deadline(of connection: ConnectionID) -> Instant? { deadlines[connection] }

  private func open(_ request: Request) -> [PeerCommand] {
    switch request.path {
    case "/refuse": return [.respond(Response(status: 403, body: Array("no".utf8)))]
    case "/greet":
      return [.upgrade(subprotocol: nil), .send(.text, Payload(Array("hello".utf8)))]
    case "/bye":
      return [
        .upgrade(subprotocol: nil), .send(.text, Payload(Array("bye".utf8))),
        .close(CloseCode(rawValue: 4001), String(repeating: "é", count: 100)),
      ]
    case "/silent-close": return [.upgrade(subprotocol: nil), .close(nil, "")]
    default: return [.upgrade(subprotocol: request.subprotocols.last)]
    }
  }

  private mutating func answer(
    _ opcode: Opcode, _ bytes: [UInt8], _ connection: ConnectionID, _ now: Instant
  ) -> [PeerCommand] {
    if bytes == Array("wait".utf8) {
      deadlines[connection] = now + .milliseconds(5)
      return []
    }
    return [.send(opcode, Payload(bytes))]
  }
}
