import JSON
import Wire

/// The ways of `garble`.
enum Damage: String, CaseIterable {
  case syntax
  case type
  case null = "json_null"
  case list
  case missing
  case unknownEvent = "unknown_event"
  case unknownField = "unknown_field"
  case oddAudio = "odd_audio"
  case silence
  case halfRate = "half_rate"

  func content(of message: Message) -> Message.Content {
    guard let json = message.json else { return message.content }
    switch self {
    case .syntax:
      let bytes = json.encoded
      return .bytes(Array(bytes.prefix(bytes.count * 2 / 3)))
    case .null: return .json(.null)
    case .list: return .json([json])
    case .type: return .json(Damage.change(json) { _ in 7 })
    case .missing: return .json(Damage.change(json) { _ in nil })
    case .unknownEvent:
      guard let object = json.object else { return .json(json) }
      if object["type"] != nil {
        var object = object
        object["type"] = "response.sparkle.delta"
        return .json(.object(object))
      }
      return .json(["sparkle": json])
    case .unknownField:
      guard var object = json.object else { return .json(json) }
      object["sparkle"] = ["intensity": 11]
      return .json(.object(object))
    case .oddAudio: return .json(Damage.changeAudio(json) { Array($0.dropLast()) })
    case .silence:
      return .json(Damage.changeAudio(json) { [UInt8](repeating: 0, count: $0.count) })
    case .halfRate:
      return .json(
        Damage.changeAudio(json) { bytes in
          stride(from: 0, to: bytes.count - 3, by: 4).flatMap { [bytes[$0], bytes[$0 + 1]] }
        })
    }
  }

  /// Changes the deepest last member, which is what an event is about; nil takes it away.
  private static func change(_ value: JSONValue, _ change: (JSONValue) -> JSONValue?) -> JSONValue {
    guard var object = value.object, let last = object.members.last else { return value }
    if last.value.object?.isEmpty == false {
      object[last.name] = self.change(last.value, change)
    } else {
      object[last.name] = change(last.value)
    }
    return .object(object)
  }

  private static func changeAudio(_ value: JSONValue, _ change: ([UInt8]) -> [UInt8]) -> JSONValue {
    switch value {
    case .shared(let text):
      let bytes = Base64.decode(String(decoding: text.bytes, as: UTF8.self)) ?? []
      return .shared(SharedText(base64: change(bytes)[...]))
    case .array(let elements): return .array(elements.map { changeAudio($0, change) })
    case .object(let object):
      return .object(
        JSONObject(
          object.members.map { JSONMember(name: $0.name, value: changeAudio($0.value, change)) }))
    case .null, .bool, .number, .string: return value
    }
  }
}
