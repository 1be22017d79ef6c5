package import Conversation
import JSON
package import VirtualTime
import Wire

/// Messages are damaged.
///
///     fault: {garble: {how: missing, on: response.done}}
///
/// Each way is one that crashed a client: broken JSON, a value of another type, null or a list
/// where an object was, members that are missing or that nobody knows, an event nobody knows, audio
/// that is odd, near-silent (-60 dB), or as if of another rate. Server-sent events may lack the
/// blank line that ends them, or have their data on many lines, which is legal.
package struct Garble: Fault {
  package static let name = "garble"
  package static let summary =
    "Messages are damaged: broken JSON, wrong or missing members, odd or silent audio."
  package static let settings = [
    Setting(
      "how", .word(Damage.allCases.map(\.rawValue)),
      "What is wrong: syntax (the default), type, json_null, list, missing, unknown_event, "
        + "unknown_field, odd_audio, silence, half_rate, no_type, no_blank_line, many_lines.")
  ]
  package static let shorthand: String? = "how"
  private let damage: Damage

  package init(_ values: FaultValues) {
    damage = values.word("how").flatMap(Damage.init(rawValue:)) ?? .syntax
  }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    switch item {
    case .message(let message):
      guard let json = message.json else { return [Delayed(.pass(item))] }
      return [Delayed(.pass(.message(Message(message.opcode, damage.content(of: json)))))]
    case .piece(let payload):
      guard let event = EventText(payload), let json = event.json else {
        return [Delayed(.pass(item))]
      }
      let data = damage.bytes(of: json)
      let bytes =
        switch damage {
        case .unended: event.unended(data)
        case .manyLines: event.with(lines: json.indented)
        case .syntax, .type, .null, .list, .missing, .unknownEvent, .unknownField, .oddAudio,
          .silence, .halfRate, .untyped:
          event.with(data)
        }
      return [Delayed(.pass(.piece(Payload(bytes))))]
    case .response(var response):
      guard !damage.isOfEvents, let json = try? JSONValue(parsing: response.body) else {
        return [Delayed(.pass(item))]
      }
      response.body = damage.bytes(of: json)
      return [Delayed(.pass(.response(response)))]
    case .upgrade, .head, .close, .finish: return [Delayed(.pass(item))]
    }
  }
}
