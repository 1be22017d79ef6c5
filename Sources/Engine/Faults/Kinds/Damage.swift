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
  case untyped = "no_type"
  /// Of a server-sent event, as the next one; a frame has neither.
  case unended = "no_blank_line"
  case manyLines = "many_lines"

  /// Whether it is about server-sent events alone.
  var isOfEvents: Bool { self == .unended || self == .manyLines }

  func bytes(of json: JSONValue) -> [UInt8] {
    switch content(of: json) {
    case .json(let value): value.encoded
    case .bytes(let bytes): bytes
    }
  }

  func content(of json: JSONValue) -> Message.Content {
    switch self {
    case .syntax:
      let bytes = json.encoded
      return .bytes(Array(bytes.prefix(bytes.count * 2 / 3)))
    case .unended, .manyLines: return .json(json)
    case .untyped:
      guard var object = json.object else { return .json(json) }
      object["type"] = nil
      object["event_type"] = nil
      return .json(.object(object))
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
      return .json(
        Damage.changeAudio(json) { bytes in
          (0..<bytes.count / 2).flatMap { Damage.murmur[$0 / 24 % 2] }
        })
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

  /// Samples of a square wave at -60 dB of full scale, 33 of 32767, little-endian.
  private static let murmur: [[UInt8]] = [[33, 0], [0xDF, 0xFF]]

  private static func changeAudio(_ value: JSONValue, _ change: ([UInt8]) -> [UInt8]) -> JSONValue {
    switch value {
    case .shared(let text):
      let bytes = Base64.decode(String(decoding: text.bytes, as: UTF8.self)) ?? []
      return .shared(SharedText(base64: change(bytes)[...]))
    case .array(let elements): return .array(elements.map { changeAudio($0, change) })
    case .object(let object):
      return .object(
        JSONObject(
          object.members.map { member in
            // What was parsed again is not shared any more; both vendors call audio so.
            if member.name == "data", let text = member.value.string,
              let bytes = Base64.decode(text)
            {
              return JSONMember(
                name: "data",
                value: .string(String(decoding: Base64.encode(change(bytes)), as: UTF8.self)))
            }
            return JSONMember(name: member.name, value: changeAudio(member.value, change))
          }))
    case .null, .bool, .number, .string: return value
    }
  }
}
