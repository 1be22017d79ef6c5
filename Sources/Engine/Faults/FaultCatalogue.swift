package import Conversation

/// Every fault there is. To add one: a file in `Kinds`, and a line here.
package enum FaultCatalogue {
  package static let types: [any Fault.Type] = [
    Delay.self, Jitter.self, Late.self, Throttle.self, Drip.self, Stall.self, Freeze.self,
    Deaf.self,
    Drop.self, Duplicate.self, Reorder.self,
    Truncate.self, Garble.self, Split.self, Merge.self, Fragment.self,
    InvalidText.self, ReservedBits.self, ReservedOpcode.self, MaskedFrame.self, Oversized.self,
    PingFlood.self, Pong.self,
    SlowHandshake.self, WrongAccept.self, Subprotocol.self, Status.self, Redirect.self,
    WrongLength.self, BadChunk.self, Unframed.self, Compress.self,
    Close.self, Finish.self, Disconnect.self, Reset.self, HalfClose.self, NoCloseNotify.self,
  ]

  package static var names: [String] { types.map { $0.name } }

  /// Whether a fault means something on a WebSocket, or else on an HTTP exchange.
  package static func knows(_ name: String, onWebSocket: Bool) -> Bool {
    type(named: name)?.media.contains { ($0 == .webSocket) == onWebSocket } ?? false
  }

  package static func type(named name: String) -> (any Fault.Type)? {
    types.first { $0.name == name }
  }

  /// What may be said about every fault.
  package static let common: [Setting] = [
    Setting("on", .text, "The kind of message it is about, in the wire's words; else all."),
    Setting(
      "times", .integer(1...1_000_000),
      "How often it acts on a connection; of 'status' and 'redirect', how many connections or "
        + "requests of an API key get it. Else for ever."),
    Setting(
      "lasts", .duration(.zero...(.seconds(86_400))), "How long it goes on; else for ever."),
    Setting(
      "direction", .word(FaultPlan.Direction.allCases.map(\.rawValue)),
      "Which way the traffic goes that it is about: to_client (the default) or to_server."),
  ]
}
