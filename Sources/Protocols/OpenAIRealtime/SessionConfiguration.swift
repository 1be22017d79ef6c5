import JSON

/// The session object: what `session.created` shows and `session.update` changes.
///
/// It is kept as the JSON that is echoed, since the echo has every key, nulls included.
struct SessionConfiguration: Sendable {
  private(set) var object: JSONObject
  private let model: String

  /// Any text does where the client sets none; the service has a persona of its own here.
  static let defaultInstructions =
    "You are a helpful assistant in a voice conversation. Be brief, friendly and clear."

  /// `expiresAt` is Unix time in seconds.
  init(model: String, id: String, expiresAt: Int64) {
    self.model = model
    object = [
      "type": "realtime", "object": "realtime.session", "id": .string(id),
      "model": .string(model), "output_modalities": ["audio"],
      "instructions": .string(Self.defaultInstructions), "tools": [], "tool_choice": "auto",
      "max_output_tokens": "inf", "tracing": nil, "truncation": "auto", "prompt": nil,
      "expires_at": .number(JSONNumber(expiresAt)),
      "audio": [
        "input": [
          "format": ["type": "audio/pcm", "rate": 24000], "transcription": nil,
          "noise_reduction": nil,
          "turn_detection": .object(Self.serverVAD(for: model)),
        ],
        "output": [
          "format": ["type": "audio/pcm", "rate": 24000],
          "voice": .string(Self.isSecondGeneration(model) ? "marin" : "alloy"), "speed": 1.0,
        ],
      ],
      "include": nil,
    ]
  }

  /// Session reference, "turn_detection"; recorded: gpt-realtime waits 200 ms, the 2.x models 500.
  private static func serverVAD(for model: String) -> JSONObject {
    [
      "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300,
      "silence_duration_ms": isSecondGeneration(model) ? 500 : 200, "idle_timeout_ms": nil,
      "create_response": true, "interrupt_response": true,
    ]
  }

  private static func isSecondGeneration(_ model: String) -> Bool {
    model.hasPrefix("gpt-realtime-2")
  }

  var json: JSONValue { .object(object) }
  var isText: Bool { object["output_modalities"]?.array?.first?.string == "text" }
  var outputModalities: JSONValue { object["output_modalities"] ?? ["audio"] }
  var maxOutputTokens: JSONValue { object["max_output_tokens"] ?? "inf" }
  var instructions: String { object["instructions"]?.string ?? "" }
  var voice: JSONValue { object["audio"]?["output"]?["voice"] ?? .null }
  var outputFormat: JSONValue { object["audio"]?["output"]?["format"] ?? .null }
  /// Nil when the client ends its turns itself.
  var turnDetection: JSONObject? { object["audio"]?["input"]?["turn_detection"]?.object }
  /// Nil when the client wants no transcription of what it says.
  var transcriptionModel: String? {
    object["audio"]?["input"]?["transcription"]?["model"]?.string
  }

  /// Applies a checked `session.update`: absent keeps, null clears, objects merge, the rest is
  /// replaced. The running model stays, whatever the client names.
  mutating func merge(_ update: JSONObject) {
    var update = update
    update["model"] = nil
    if update["instructions"]?.string == "" {
      update["instructions"] = .string(Self.defaultInstructions)
    }
    object = Self.merged(object, update)
    completeTurnDetection()
    completeTranscription()
  }

  private static func merged(_ old: JSONObject, _ new: JSONObject) -> JSONObject {
    var merged = old
    for member in new.members {
      if let before = old[member.name]?.object, let after = member.value.object,
        member.name != "format"
      {
        merged[member.name] = .object(self.merged(before, after))
      } else {
        merged[member.name] = member.value
      }
    }
    return merged
  }

  /// A detector that was switched on anew has the defaults for what the client left out.
  private mutating func completeTurnDetection() {
    guard let given = turnDetection, given["type"]?.string != "semantic_vad" else { return }
    setInput("turn_detection", .object(Self.merged(Self.serverVAD(for: model), given)))
  }

  /// The echo always holds `language` and `prompt`.
  private mutating func completeTranscription() {
    guard var given = object["audio"]?["input"]?["transcription"]?.object else { return }
    for name in ["language", "prompt"] where given[name] == nil { given[name] = .null }
    setInput("transcription", .object(given))
  }

  private mutating func setInput(_ name: String, _ value: JSONValue) {
    let change: JSONObject = ["audio": ["input": .object([name: value])]]
    object = Self.merged(object, change)
  }
}
