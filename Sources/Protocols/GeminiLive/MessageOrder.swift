import Conversation
package import JSON

/// Watches over the order and the shape of the messages of one session.
///
///     silent --setupComplete--> ready: one message of the oneof at a time
///
/// Live API reference, "Messages": `setupComplete` comes first and once, a message is one of a few,
/// and ProtoJSON leaves out what is false.
package struct MessageOrder: Auditor {
  private var isReady = false
  /// Calls that were made, by their identifiers.
  private var calls: Set<String> = []

  private static let alternatives = [
    "setupComplete", "serverContent", "toolCall", "toolCallCancellation", "goAway",
    "sessionResumptionUpdate",
  ]
  private static let siblings = ["usageMetadata", "voiceActivity", "voiceActivityDetectionSignal"]
  /// Plain fields of the proto: their false is never written.
  private static let flags = [
    "generationComplete", "turnComplete", "interrupted", "waitingForInput",
  ]

  package init() {}

  package mutating func complaint(about message: JSONValue) -> String? {
    let names = message.object?.names ?? []
    let known = Self.alternatives + Self.siblings
    if let name = names.first(where: { !known.contains($0) }) {
      return "no message has a member '\(name)': \(message.description.prefix(300))"
    }
    if names.count(where: Self.alternatives.contains) > 1 {
      return "more than one of the oneof: \(message.description.prefix(300))"
    }
    if names.contains("setupComplete") {
      defer { isReady = true }
      return isReady ? "setupComplete comes twice" : nil
    }
    guard isReady else {
      return "this comes before setupComplete: \(message.description.prefix(300))"
    }
    if let flag = Self.flags.first(where: { message["serverContent"]?[$0] == .bool(false) }) {
      return "'\(flag)' is false, and false is left out"
    }
    for call in message["toolCall"]?["functionCalls"]?.array ?? [] {
      guard let id = call["id"]?.string, !id.isEmpty else { return "a call has no id" }
      if !calls.insert(id).inserted { return "the call '\(id)' comes twice" }
    }
    for id in message["toolCallCancellation"]?["ids"]?.array ?? [] {
      guard let id = id.string, calls.contains(id) else {
        return "a call is cancelled that was not made: \(id)"
      }
    }
    return nil
  }
}
