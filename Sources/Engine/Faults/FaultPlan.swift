/// A fault as a scenario or the command line orders it: which, when, how often, how likely.
package struct FaultPlan: Hashable, Sendable {
  /// Which way the traffic goes that the fault is about.
  package enum Direction: String, CaseIterable, Sendable {
    case toClient = "to_client"
    case toServer = "to_server"
  }

  package var name: String
  package var values: FaultValues
  /// What passes unharmed before; nil begins at once.
  package var after: Trigger?
  /// The kind of message it is about, in the wire's words; nil for all.
  package var on: String?
  /// How often it acts; nil for ever.
  package var times: Int?
  /// How long it goes on; nil for ever.
  package var lasts: Duration?
  /// When it exists, counted from the first connection of the client; nil for always.
  package var during: Range<Duration>?
  /// From 0 to 1; rolled for each message.
  package var probability: Double
  package var direction: Direction
  /// The connections of a namespace it is about, counted from 1; nil for all.
  package var connections: ClosedRange<Int>?

  package init(
    _ name: String, _ values: FaultValues = FaultValues(), after: Trigger? = nil,
    on: String? = nil, times: Int? = nil, lasts: Duration? = nil, probability: Double = 1,
    direction: Direction = .toClient, connections: ClosedRange<Int>? = nil
  ) {
    self.name = name
    self.values = values
    self.after = after
    self.on = on
    self.times = times
    self.lasts = lasts
    self.probability = probability
    self.direction = direction
    self.connections = connections
  }
}

/// How much passes before something happens.
package enum Trigger: Hashable, Sendable {
  case audio(Duration)
  case audioChunks(Int)
  case messages(Int)
  case bytes(Int)
  case time(Duration)
  /// The first message of this kind.
  case event(String)

  /// `3 audio chunks`, `1.2s audio`, `2 messages`, `4096 bytes`, `5s`, or the kind of a message.
  /// `duration` reads a time as the language writes it.
  package static func parse(_ text: String, duration: (String) -> Duration?) -> Trigger? {
    let words = text.split(separator: " ").map(String.init)
    guard let first = words.first else { return nil }
    if words.count == 2, words[1] == "audio" { return duration(first).map { .audio($0) } }
    if words.count == 1 {
      if let time = duration(first) { return .time(time) }
      return isKind(first) ? .event(first) : nil
    }
    guard let count = Int(first), count >= 0 else { return nil }
    switch words.dropFirst().joined(separator: " ") {
    case "audio chunk", "audio chunks": return .audioChunks(count)
    case "message", "messages": return .messages(count)
    case "byte", "bytes": return .bytes(count)
    default: return nil
    }
  }

  private static func isKind(_ word: String) -> Bool {
    word.first?.isLetter == true
      && word.allSatisfy { $0.isLetter || $0.isNumber || "._".contains($0) }
  }
}
