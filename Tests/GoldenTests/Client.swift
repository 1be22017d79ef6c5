import JSON
import Playback
import VirtualTime
import Wire

/// A scripted client and a stage on paper: the same conversation a test has over sockets.
struct Client {
  private var stage: Stage
  private var now = Instant.start
  private(set) var lines: [[UInt8]] = []
  private let connection = ConnectionID(number: 1)

  init(_ stage: Stage) { self.stage = stage }

  mutating func open(_ target: String, headers: [Header]) {
    let upgrade = Header("Upgrade", "websocket")
    take(.opened(Request(target: target, headers: [upgrade] + headers)))
  }

  mutating func send(_ message: JSONValue) { take(.message(.text, message.encoded)) }

  mutating func close() { take(.closed(.normal, "")) }

  /// Lets time pass until nothing is due soon: the limits of a connection are minutes away.
  mutating func wait() {
    while let due = stage.deadline(of: connection), due <= now + .seconds(100) {
      now = max(now, due)
      take(.due)
    }
  }

  private mutating func take(_ event: PeerEvent) {
    for command in stage.receive(event, from: connection, at: now) {
      if case .record(let line, let file) = command, file != "findings.jsonl" { lines.append(line) }
    }
  }
}
