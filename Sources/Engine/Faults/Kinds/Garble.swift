package import Conversation
package import VirtualTime
import Wire

/// Messages are damaged.
///
///     fault: {garble: {how: missing, on: response.done}}
///
/// Each way is one that crashed a client: broken JSON, a value of another type, null or a list
/// where an object was, members that are missing or that nobody knows, an event nobody knows, and
/// audio that is odd, silent, or as if of another rate.
package struct Garble: Fault {
  package static let name = "garble"
  package static let summary =
    "Messages are damaged: broken JSON, wrong or missing members, odd or silent audio."
  package static let settings = [
    Setting(
      "how", .word(Damage.allCases.map(\.rawValue)),
      "What is wrong: syntax (the default), type, json_null, list, missing, unknown_event, "
        + "unknown_field, odd_audio, silence, half_rate.")
  ]
  package static let shorthand: String? = "how"
  private let damage: Damage

  package init(_ values: FaultValues) {
    damage = values.word("how").flatMap(Damage.init(rawValue:)) ?? .syntax
  }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    switch item {
    case .message(let message):
      return [Delayed(.pass(.message(Message(message.opcode, damage.content(of: message)))))]
    case .piece(let payload):
      let bytes = payload.bytes
      return [Delayed(.pass(.piece(Payload(Array(bytes.prefix(bytes.count * 2 / 3))))))]
    case .response(let response):
      var response = response
      response.body = Array(response.body.prefix(response.body.count * 2 / 3))
      return [Delayed(.pass(.response(response)))]
    case .close, .finish: return [Delayed(.pass(item))]
    }
  }
}
