import JSON

/// The shape events have in the beta dialect, and how it maps to that of GA.
///
/// A session keeps the shape of GA inside; this is the only place that knows the other one.
enum BetaShape {
  /// Flat names and where they stand in a GA session.
  private static let sessionPaths: [(flat: String, path: [String])] = [
    ("modalities", ["output_modalities"]), ("instructions", ["instructions"]),
    ("voice", ["audio", "output", "voice"]),
    ("turn_detection", ["audio", "input", "turn_detection"]),
    ("input_audio_format", ["audio", "input", "format"]),
    ("output_audio_format", ["audio", "output", "format"]),
    ("input_audio_transcription", ["audio", "input", "transcription"]),
    ("input_audio_noise_reduction", ["audio", "input", "noise_reduction"]),
    ("tool_choice", ["tool_choice"]), ("temperature", ["temperature"]),
    ("max_response_output_tokens", ["max_output_tokens"]),
    ("max_output_tokens", ["max_output_tokens"]), ("tools", ["tools"]),
    ("speed", ["audio", "output", "speed"]), ("tracing", ["tracing"]),
    ("truncation", ["truncation"]), ("prompt", ["prompt"]), ("include", ["include"]),
    ("conversation", ["conversation"]), ("metadata", ["metadata"]),
  ]

  private static let formats = [
    ("pcm16", "audio/pcm"), ("g711_ulaw", "audio/pcmu"), ("g711_alaw", "audio/pcma"),
  ]

  // MARK: - In

  /// A flat session as an update of a GA one.
  static func session(_ flat: JSONObject) -> JSONObject {
    var nested: JSONObject = [:]
    for (name, path) in sessionPaths {
      guard let value = flat[name] else { continue }
      nested.set(inward(name, value), at: path[...])
    }
    return nested
  }

  /// The parameters of `response.create`.
  static func response(_ flat: JSONObject) -> JSONObject {
    var nested = session(flat)
    if let items = flat["input"]?.array {
      nested["input"] = .array(items.map { $0.object.map { .object(item($0)) } ?? $0 })
    }
    return nested
  }

  /// An item the client brings: what the model said has another type there.
  static func item(_ flat: JSONObject) -> JSONObject {
    guard flat["role"] == "assistant" else { return flat }
    return mappingParts(of: flat) { type in
      switch type {
      case "text": "output_text"
      case "audio": "output_audio"
      default: type
      }
    }
  }

  private static func inward(_ name: String, _ value: JSONValue) -> JSONValue {
    switch name {
    case "modalities": return value.array?.contains("audio") == true ? ["audio"] : ["text"]
    case "input_audio_format", "output_audio_format":
      let type = formats.first { $0.0 == value.string }?.1 ?? "audio/pcm"
      return type == "audio/pcm"
        ? ["type": "audio/pcm", "rate": 24000] : ["type": .string(type)]
    default: return value
    }
  }

  // MARK: - Out

  private static let names = [
    "response.output_text.delta": "response.text.delta",
    "response.output_text.done": "response.text.done",
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio.done": "response.audio.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
    "conversation.item.added": "conversation.item.created",
  ]

  /// A server event of GA in the shape of the beta; nil for one the beta has not.
  static func event(_ type: String, _ members: JSONObject) -> (String, JSONObject)? {
    // `created` is all the beta says of an item.
    if type == "conversation.item.done" { return nil }
    var members = members
    members["obfuscation"] = nil
    if let item = members["item"]?.object { members["item"] = .object(shown(item)) }
    if let session = members["session"]?.object {
      members["session"] = .object(shown(session: session))
      if session["type"] == "transcription" { return ("transcription_\(type)", members) }
    }
    if let response = members["response"]?.object {
      members["response"] = .object(shown(response: response))
    }
    if type == "response.function_call_arguments.done" { members["name"] = nil }
    return (names[type] ?? type, members)
  }

  private static func shown(_ item: JSONObject) -> JSONObject {
    var members: [JSONMember] = []
    let mapped = mappingParts(of: item) { type in
      switch type {
      case "output_text": "text"
      case "output_audio": "audio"
      default: type
      }
    }
    for member in mapped.members where member.name != "object" {
      members.append(member)
      if member.name == "id" {
        members.append(JSONMember(name: "object", value: "realtime.item"))
      }
    }
    return JSONObject(members)
  }

  /// The flat session, with the keys in the recorded order.
  static func shown(session: JSONObject) -> JSONObject {
    let isTranscription = session["type"] == "transcription"
    let names =
      isTranscription
      ? [
        "turn_detection", "input_audio_format", "input_audio_transcription",
        "input_audio_noise_reduction", "include",
      ]
      : [
        "modalities", "instructions", "voice", "turn_detection", "input_audio_format",
        "output_audio_format", "input_audio_transcription", "tool_choice", "temperature",
        "max_response_output_tokens", "client_secret", "tools", "input_audio_noise_reduction",
        "speed", "tracing", "truncation", "prompt", "include",
      ]
    var flat: JSONObject = ["id": session["id"] ?? .null, "object": session["object"] ?? .null]
    if !isTranscription { flat["model"] = session["model"] }
    flat["expires_at"] = session["expires_at"]
    for name in names { flat[name] = outward(name, in: session) }
    if isTranscription { flat["client_secret"] = .null }
    return flat
  }

  private static func outward(_ name: String, in session: JSONObject) -> JSONValue {
    let path = sessionPaths.first { $0.flat == name }?.path ?? [name]
    let value = path.reduce(JSONValue.object(session)) { $0[$1] ?? .null }
    switch name {
    case "temperature": return value.isNull ? 0.8 : value
    case "modalities": return value == ["text"] ? value : ["audio", "text"]
    case "input_audio_format", "output_audio_format":
      return .optional(formats.first { $0.1 == value["type"]?.string }?.0)
    case "turn_detection":
      guard var detection = value.object else { return .null }
      detection["idle_timeout_ms"] = nil
      return .object(detection)
    default: return value
    }
  }

  private static func shown(response: JSONObject) -> JSONObject {
    var flat: JSONObject = [:]
    for name in ["object", "id", "status", "status_details"] { flat[name] = response[name] }
    flat["output"] = .array(
      (response["output"]?.array ?? []).map { .object(shown($0.object ?? [:])) })
    flat["conversation_id"] = response["conversation_id"]
    flat["modalities"] = outward("modalities", in: response)
    flat["voice"] = outward("voice", in: response)
    flat["output_audio_format"] = outward("output_audio_format", in: response)
    flat["temperature"] = response["temperature"]
    flat["max_output_tokens"] = response["max_output_tokens"]
    flat["usage"] = withoutImages(response["usage"] ?? .null)
    flat["metadata"] = response["metadata"]
    return flat
  }

  /// The beta counts no tokens of images.
  private static func withoutImages(_ usage: JSONValue) -> JSONValue {
    guard var shown = usage.object, var input = shown["input_token_details"]?.object else {
      return usage
    }
    input["image_tokens"] = nil
    if var cached = input["cached_tokens_details"]?.object {
      cached["image_tokens"] = nil
      input["cached_tokens_details"] = .object(cached)
    }
    shown["input_token_details"] = .object(input)
    return .object(shown)
  }

  private static func mappingParts(of item: JSONObject, _ map: (String) -> String) -> JSONObject {
    guard let parts = item["content"]?.array else { return item }
    var mapped = item
    mapped["content"] = .array(
      parts.map { part in
        guard var object = part.object, let type = object["type"]?.string else { return part }
        object["type"] = .string(map(type))
        return .object(object)
      })
    return mapped
  }
}

extension JSONObject {
  /// Sets the value at a path of names, making the objects on the way.
  fileprivate mutating func set(_ value: JSONValue, at path: ArraySlice<String>) {
    guard let name = path.first else { return }
    if path.count == 1 { return self[name] = value }
    var inner = self[name]?.object ?? [:]
    inner.set(value, at: path.dropFirst())
    self[name] = .object(inner)
  }
}
