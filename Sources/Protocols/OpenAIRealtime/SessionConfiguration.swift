import Audio
import JSON

/// The session object: what `session.created` shows and `session.update` changes.
///
/// It is kept as the JSON that is echoed, since the echo has every key, nulls included. Sessions of
/// the beta dialect are kept in the shape of GA as well; `BetaShape` flattens them.
struct SessionConfiguration: Sendable {
  private(set) var object: JSONObject
  let kind: SessionKind
  private let model: String

  /// Any text does where the client sets none; the service has a persona of its own here.
  static let defaultInstructions =
    "You are a helpful assistant in a voice conversation. Be brief, friendly and clear."
  static let logprobs = "item.input_audio_transcription.logprobs"

  /// `expiresAt` is Unix time in seconds.
  init(_ kind: SessionKind, model: String, id: String, expiresAt: Int64) {
    self.kind = kind
    self.model = model
    let expiry = JSONValue.number(JSONNumber(expiresAt))
    switch kind {
    case .realtime:
      object = [
        "type": "realtime", "object": "realtime.session", "id": .string(id),
        "model": .string(model), "output_modalities": ["audio"],
        "instructions": .string(Self.defaultInstructions), "tools": [], "tool_choice": "auto",
        "max_output_tokens": "inf", "tracing": nil, "truncation": "auto", "prompt": nil,
        "expires_at": expiry,
        "audio": [
          "input": [
            "format": Self.pcm, "transcription": nil, "noise_reduction": nil,
            "turn_detection": .object(Self.serverVAD(kind, model)),
          ],
          "output": [
            "format": Self.pcm,
            "voice": .string(Self.isSecondGeneration(model) ? "marin" : "alloy"), "speed": 1.0,
          ],
        ],
        "include": nil,
      ]
    case .transcription:
      object = [
        "type": "transcription", "object": "realtime.transcription_session", "id": .string(id),
        "expires_at": expiry,
        "audio": [
          "input": [
            "format": Self.pcm, "transcription": nil, "noise_reduction": nil,
            "turn_detection": .object(Self.serverVAD(kind, model)),
          ]
        ],
        "include": nil,
      ]
    }
  }

  private static let pcm: JSONValue = ["type": "audio/pcm", "rate": 24000]

  /// Session reference, "turn_detection"; recorded: gpt-realtime waits 200 ms, the 2.x models 500.
  private static func serverVAD(_ kind: SessionKind, _ model: String) -> JSONObject {
    var detection: JSONObject = [
      "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300,
      "silence_duration_ms": isSecondGeneration(model) ? 500 : 200,
    ]
    if kind == .transcription { return detection }
    detection["idle_timeout_ms"] = .null
    detection["create_response"] = true
    detection["interrupt_response"] = true
    return detection
  }

  private static let semanticVAD: JSONObject = [
    "type": "semantic_vad", "eagerness": "auto", "create_response": true,
    "interrupt_response": true,
  ]

  private static func isSecondGeneration(_ model: String) -> Bool {
    model.hasPrefix("gpt-realtime-2")
  }

  var isSecondGeneration: Bool { Self.isSecondGeneration(model) }

  var json: JSONValue { .object(object) }
  var outputModalities: JSONValue { object["output_modalities"] ?? ["audio"] }
  var maxOutputTokens: JSONValue { object["max_output_tokens"] ?? "inf" }
  var instructions: String { object["instructions"]?.string ?? "" }
  var tools: [JSONValue] { object["tools"]?.array ?? [] }
  var tracing: JSONValue { object["tracing"] ?? .null }
  var voice: JSONValue { object["audio"]?["output"]?["voice"] ?? .null }
  var outputFormat: JSONValue { object["audio"]?["output"]?["format"] ?? .null }
  var inputFormat: AudioFormat { AudioFormat(object["audio"]?["input"]?["format"]) }
  var temperature: JSONValue { object["temperature"] ?? 0.8 }
  var wantsLogprobs: Bool { object["include"]?.array?.contains(.string(Self.logprobs)) == true }
  /// Nil when the client ends its turns itself.
  var turnDetection: JSONObject? { object["audio"]?["input"]?["turn_detection"]?.object }
  /// Milliseconds of `turn_detection`, within what a lenient session can work with.
  func detection(_ name: String) -> Int? {
    turnDetection?[name]?.integer.map { max(0, min($0, 3_600_000)) }
  }

  var isSemantic: Bool { turnDetection?["type"] == "semantic_vad" }
  /// Nil when the client wants no transcription of what it says.
  var transcriptionModel: String? {
    let transcription = object["audio"]?["input"]?["transcription"]
    return transcription?.object == nil ? nil : transcription?["model"]?.string ?? "whisper-1"
  }

  /// Applies a checked `session.update`: absent keeps, null clears, objects merge, the rest is
  /// replaced, and so is what has one of several shapes or any number of members. The running model
  /// stays, whatever the client names.
  mutating func merge(_ update: JSONObject) {
    var update = update
    // Who the session is, is not the client's to say.
    for name in ["model", "id", "object", "expires_at", "type"] { update[name] = nil }
    if update["instructions"]?.string == "" || update["instructions"]?.isNull == true {
      update["instructions"] = .string(Self.defaultInstructions)
    }
    let detector = update["audio"]?["input"]?["turn_detection"]?["type"]?.string
    if let detector, detector != turnDetection?["type"]?.string {
      // Another kind of detector starts from its own defaults.
      setInput("turn_detection", .null)
    }
    if let tools = update["tools"]?.array { update["tools"] = .array(tools.map(Self.ordered)) }
    object = Self.merged(object, update)
    completeTurnDetection()
    completeTranscription()
  }

  private static let replaced: Set<String> = [
    "format", "noise_reduction", "prompt", "tool_choice", "tracing", "truncation", "voice",
  ]

  private static func merged(_ old: JSONObject, _ new: JSONObject) -> JSONObject {
    var merged = old
    // A lenient session takes objects of any size: no scan for each of their members.
    var places: [String: Int] = [:]
    for (place, member) in old.members.enumerated() { places[member.name] = place }
    for member in new.members {
      var value = echo(of: member)
      guard let place = places[member.name] else {
        places[member.name] = merged.members.count
        merged.members.append(JSONMember(name: member.name, value: value))
        continue
      }
      if let before = merged.members[place].value.object, let after = member.value.object,
        !replaced.contains(member.name)
      {
        value = .object(self.merged(before, after))
      }
      merged.members[place].value = value
    }
    return merged
  }

  /// The service writes what it understood, not what it was sent.
  private static func echo(of member: JSONMember) -> JSONValue {
    switch member.name {
    case "format": echo(ofFormat: member.value)
    case "speed": member.value.double.flatMap { $0.isFinite ? .double($0) : nil } ?? member.value
    default: member.value
    }
  }

  /// PCM has its rate, the others have none.
  static func echo(ofFormat format: JSONValue) -> JSONValue {
    format["type"] == "audio/pcm" ? pcm : format
  }

  /// Functions are echoed with their keys in one order (recorded).
  private static func ordered(_ tool: JSONValue) -> JSONValue {
    guard tool["type"] == "function", let given = tool.object else { return tool }
    let names = ["type", "name", "description", "parameters"]
    var ordered: JSONObject = [:]
    for name in names { ordered[name] = given[name] }
    ordered.members += given.members.filter { !names.contains($0.name) }
    return .object(ordered)
  }

  /// A detector that was switched on anew has the defaults for what the client left out.
  private mutating func completeTurnDetection() {
    guard let given = turnDetection else { return }
    let isSemantic = given["type"]?.string == "semantic_vad"
    let defaults = isSemantic ? Self.semanticVAD : Self.serverVAD(kind, model)
    setInput("turn_detection", .object(Self.merged(defaults, given)))
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

extension AudioFormat {
  /// The format of a session or a response; 24 kHz PCM where it says nothing else.
  init(_ format: JSONValue?) {
    switch format?["type"]?.string {
    case "audio/pcmu": self = .g711(.mu)
    case "audio/pcma": self = .g711(.a)
    case .some, nil: self = .pcm16(rate: 24_000)
    }
  }
}
