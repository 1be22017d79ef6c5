import VirtualTime
import Wire

/// What the transport is tested with: it echoes, and does what messages and targets tell it to.
///
/// A message `do a; b; c`, or a target `/do?run=a;b;c` of a request, is a list of orders:
///
///     send 3x5000     3 messages of 5,000 letters
///     close 4001      a close frame; without a number, one without a code
///     reset           the command of that name; `begin` and `finish` likewise
///     respond hello   a whole answer
///     stream 3x5000   3 pieces of a body
///     raw 8100        bytes in hexadecimal, or with a quote in front as text: `raw 'HTTP/1.1`
///     shape rate=0    a shape of `rate`, `piece`, `deaf` and `pongs`; `shape` alone undoes it
///     half, end       half-close; `end notify` says goodbye through TLS, `end` does not
///     log x           a line in the log
///     wait 10         what follows comes 10 ms later
///
/// The body of a target `/keep` is kept in a file, and told by its size and digest.
///
/// `/early?run=…` is a WebSocket whose orders come before the upgrade, which is the order `upgrade`.
struct EchoApplication: Application {
  private var deadlines: [ConnectionID: Instant] = [:]
  private var orders: [ConnectionID: ArraySlice<Substring>] = [:]

  func keepsBody(of head: Request) -> Bool { head.path == "/keep" }

  mutating func receive(_ event: PeerEvent, from connection: ConnectionID, at now: Instant)
    -> [PeerCommand]
  {
    switch event {
    case .opened(let request) where request.asksForWebSocket:
      return open(request, connection, now)
    case .opened(let request):
      if let orders = request.query("run") { return begin(orders, connection, now) }
      if let blob = request.blob?.blob {
        let text = "\(blob.byteCount) \(blob.hexDigest)"
        return [.respond(Response(status: 200, body: Array(text.utf8)))]
      }
      let body =
        "\(request.method) \(request.target) \(request.body.count) \(request.isSecure) "
        + "\(request.header("X-Long")?.count ?? 0)"
      return [
        .respond(Response(status: 200, headers: [Header("X-A", "1")], body: Array(body.utf8)))
      ]
    case .message(let opcode, let bytes):
      let text = String(decoding: bytes, as: UTF8.self)
      if text.hasPrefix("do ") { return begin(String(text.dropFirst(3)), connection, now) }
      return [.send(opcode, Payload(bytes))]
    case .due:
      deadlines[connection] = nil
      return carryOn(connection, now)
    case .stopping: return [.log(LogLine(.info, "stopping")), .close(.goingAway, "")]
    case .closed(let code, let reason):
      orders[connection] = nil
      let text = "closed \(code.map(\.description) ?? "nil") \(reason)"
      return [.log(LogLine(.info, text))]
    }
  }

  func deadline(of connection: ConnectionID) -> Instant? { deadlines[connection] }

  private mutating func open(_ request: Request, _ connection: ConnectionID, _ now: Instant)
    -> [PeerCommand]
  {
    switch request.path {
    case "/refuse": return [.respond(Response(status: 403, body: Array("no".utf8)))]
    case "/greet":
      return [.upgrade(subprotocol: nil), .send(.text, Payload(Array("hello".utf8)))]
    case "/bye":
      return [
        .upgrade(subprotocol: nil), .send(.text, Payload(Array("bye".utf8))),
        .close(CloseCode(rawValue: 4001), String(repeating: "é", count: 100)),
      ]
    case "/do":
      return [.upgrade(subprotocol: nil)]
        + begin(request.query("run") ?? "", connection, now)
    case "/early": return begin(request.query("run") ?? "", connection, now)
    default: return [.upgrade(subprotocol: request.subprotocols.last)]
    }
  }

  private mutating func begin(_ text: String, _ connection: ConnectionID, _ now: Instant)
    -> [PeerCommand]
  {
    let list = text.split(separator: ";")
    // While others wait, new orders are carried out at once.
    if deadlines[connection] != nil {
      return list.flatMap { order in
        let words = order.split(separator: " ", maxSplits: 1)
        return Self.commands(words.first ?? "", words.count > 1 ? String(words[1]) : "")
      }
    }
    orders[connection] = list[...]
    return carryOn(connection, now)
  }

  private mutating func carryOn(_ connection: ConnectionID, _ now: Instant) -> [PeerCommand] {
    var commands: [PeerCommand] = []
    while let order = orders[connection]?.popFirst() {
      let words = order.split(separator: " ", maxSplits: 1)
      let argument = words.count > 1 ? String(words[1]) : ""
      if words.first == "wait" {
        deadlines[connection] = now + .milliseconds(Int(argument) ?? 0)
        return commands
      }
      commands += Self.commands(words.first ?? "", argument)
    }
    return commands
  }

  private static func commands(_ verb: Substring, _ argument: String) -> [PeerCommand] {
    let head = Response(status: 200, headers: [Header("Content-Type", "text/plain")])
    switch verb {
    case "send": return payloads(argument).map { .send(.text, $0) }
    case "stream": return payloads(argument).map { .stream($0) }
    case "pieces": return [.stream(Payload(pieces: payloads(argument).map(\.bytes)))]
    case "raw": return [.raw(bytes(argument))]
    case "shape": return [.shape(shape(argument))]
    case "half": return [.halfClose]
    case "end": return [.end(closeNotify: argument == "notify")]
    case "upgrade": return [.upgrade(subprotocol: nil)]
    case "log": return [.log(LogLine(.info, argument))]
    case "close": return [.close(UInt16(argument).map(CloseCode.init(rawValue:)), "")]
    case "reset": return [.reset]
    case "begin": return [.begin(head)]
    case "finish": return [.finish]
    case "respond": return [.respond(Response(status: 200, body: Array(argument.utf8)))]
    default: return [.log(LogLine(.error, "no such order: \(verb)"))]
    }
  }

  private static func bytes(_ text: String) -> [UInt8] {
    if text.hasPrefix("'") {
      return Array(text.dropFirst().replacing("|", with: "\r\n").utf8)
    }
    let digits = Array(text)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(digits[$0...$0 + 1]), radix: 16)
    }
  }

  private static func shape(_ text: String) -> Shape {
    var shape = Shape()
    for word in text.split(separator: ",") {
      let parts = word.split(separator: "=")
      let number = parts.count > 1 ? Int(parts[1]) : nil
      switch parts[0] {
      case "rate": shape.bytesPerSecond = number
      case "piece": shape.pieceBytes = number
      case "deaf": shape.isDeaf = true
      case "pongs": shape.pongs = number.map { .late(.milliseconds($0)) } ?? .withheld
      default: break
      }
    }
    return shape
  }

  /// `hello` itself, or `3x5000`: 3 times 5,000 letters.
  private static func payloads(_ text: String) -> [Payload] {
    let numbers = text.split(separator: "x").compactMap { Int($0) }
    guard numbers.count == 2 else { return [Payload(Array(text.utf8))] }
    return Array(
      repeating: Payload([UInt8](repeating: 97, count: numbers[1])), count: numbers[0])
  }
}
