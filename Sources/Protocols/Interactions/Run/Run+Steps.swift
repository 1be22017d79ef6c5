import Audio
import Conversation
import JSON
import VirtualTime
import Wire

/// How what the model does becomes steps and their pieces.
extension Run {
  /// Words, sound, or both: what the request asked for, text if it asked for nothing.
  mutating func say(_ speech: Speech) {
    beginWithThought()
    let modalities = request.modalities
    let wantsAudio = modalities.contains("audio")
    let text = speech.text ?? ""
    var parts: [Part] = []
    if !wantsAudio || modalities.contains("text") { parts.append(.text(text)) }
    if wantsAudio {
      parts.append(
        .clip(
          speech.audio ?? .hum(for: text), speech.chunking ?? Interactions.chunking,
          request.soundFormat))
    }
    write(parts)
  }

  /// Thinking guide: a summary for those who asked, a signature for all.
  mutating func think(_ text: String) {
    var step: JSONObject = ["type": "thought", "signature": .string(ids.signature())]
    if request.wantsSummaries { step["summary"] = [["type": "text", "text": .string(text)]] }
    writeThought(step, thinking: text)
  }

  mutating func call(_ calls: [ToolCall]) {
    beginWithThought()
    for call in calls {
      write(
        functionCall: [
          "type": "function_call", "id": .string(call.id ?? ids.call()),
          "name": .string(call.name), "arguments": .object(call.arguments),
        ])
    }
  }

  mutating func execute(_ execution: CodeExecution) {
    beginWithThought()
    let id = JSONValue.string(ids.call())
    write(
      tool: [
        "type": "code_execution_call", "id": id,
        "arguments": ["code": .string(execution.code), "language": "python"],
        "signature": .string(ids.signature()),
      ])
    write(
      tool: [
        "type": "code_execution_result", "call_id": id, "result": .string(execution.output),
        "is_error": .bool(execution.isFailed), "signature": .string(ids.signature()),
      ])
  }

  mutating func show(_ picture: Picture) {
    beginWithThought()
    clock = clock + pace.latency(Latencies.picture)
    write([
      .whole([
        "type": .string(Self.contentType(of: picture.mimeType)),
        "mime_type": .string(picture.mimeType),
        "data": .shared(SharedText(base64: picture.bytes[...])),
      ])
    ])
  }

  /// A scenario's own message: a step of the model where it has a step's `type`, an event of the
  /// stream where it has an `event_type`, and bytes as they are otherwise.
  mutating func send(_ message: Message) {
    guard let step = message.json?.object, step["event_type"] == nil,
      let type = step["type"]?.string, type != "user_input", StepFields.steps[type] != nil
    else {
      rawAnswer = message
      return schedule(.raw(message), after: Latencies.piece)
    }
    write(step, type: type)
  }

  // MARK: - Steps

  /// A step that a scenario spells; what it leaves out of identifiers is made.
  private mutating func write(_ step: JSONObject, type: String) {
    if type != "thought" { beginWithThought() }
    switch type {
    case "thought":
      var thought = step
      if thought["signature"] == nil { thought["signature"] = .string(ids.signature()) }
      writeThought(thought, thinking: nil)
    case "model_output":
      let contents = (step["content"]?.array?.compactMap(\.object) ?? []).map(known)
      write(contents.map(Part.init), error: step["error"])
    case "function_call":
      write(
        functionCall: [
          "type": "function_call", "id": step["id"] ?? .string(ids.call()),
          "name": step["name"] ?? "", "arguments": step["arguments"] ?? [:],
        ])
    default:
      var tool = step
      if type.hasSuffix("_call"), tool["id"] == nil { tool["id"] = .string(ids.call()) }
      if type.hasSuffix("_result"), tool["call_id"] == nil {
        tool["call_id"] = steps.last { $0["id"] != nil }?["id"] ?? .string(ids.call())
      }
      write(tool: tool)
    }
  }

  /// Without the annotations that the legacy schema does not have.
  private func known(_ content: JSONObject) -> JSONObject {
    guard request.revision == .legacy, let annotations = content["annotations"]?.array else {
      return content
    }
    var content = content
    let old = annotations.filter { !["speech_metadata", "word_info"].contains($0["type"]) }
    content["annotations"] = old.isEmpty ? nil : .array(old)
    return content
  }

  /// Gemini 3 guide, "Thought signatures": every answer begins with a thought, whose text is kept
  /// back; the models before it and the agents sign nothing.
  private mutating func beginWithThought() {
    guard steps.isEmpty, hasSignatures, case .model(let name) = request.target,
      !["gemini-1", "gemini-2.0", "gemma"].contains(where: name.hasPrefix)
    else { return }
    writeThought(["type": "thought", "signature": .string(ids.signature())], thinking: nil)
  }

  private mutating func writeThought(_ step: JSONObject, thinking text: String?) {
    let index = begin(step, thinking: text)
    for content in step["summary"]?.array ?? [] {
      schedule(
        .delta(index, ["content": content, "type": "thought_summary"]), after: Latencies.piece)
    }
    if let signature = step["signature"] {
      schedule(
        .delta(index, ["signature": signature, "type": "thought_signature"]),
        after: Latencies.piece)
    }
    schedule(.stop(index))
  }

  private mutating func write(functionCall step: JSONObject) {
    let index = begin(step)
    let pieces = (step["arguments"] ?? [:]).description.pieces(of: 12)
    for (place, piece) in pieces.enumerated() {
      schedule(.arguments(index, piece, isFirst: place == 0), after: Latencies.piece)
    }
    schedule(.stop(index))
  }

  /// A tool at the service: its call or its result comes whole.
  private mutating func write(tool step: JSONObject) {
    let index = begin(step)
    var delta = step
    delta["id"] = nil
    delta["call_id"] = nil
    delta["search_type"] = nil
    let isResult = step["type"]?.string?.hasSuffix("_result") == true
    schedule(.delta(index, delta), after: isResult ? Latencies.tool : Latencies.piece)
    schedule(.stop(index))
  }

  /// A part of what the model says.
  private enum Part {
    case text(String, annotations: JSONValue? = nil)
    case clip(AudioClip, Chunking, SoundFormat)
    case whole(JSONObject)

    init(_ content: JSONObject) {
      if content["type"]?.string == "text" {
        self = .text(content["text"]?.string ?? "", annotations: content["annotations"])
      } else {
        self = .whole(content)
      }
    }

    var contents: [JSONObject] {
      switch self {
      case .text(let text, let annotations):
        var content: JSONObject = ["type": "text", "text": .string(text)]
        content["annotations"] = annotations
        return [content]
      case .clip(let clip, _, let format): return format.whole(clip)
      case .whole(let content): return [content]
      }
    }
  }

  /// One step; the legacy schema has no step that holds several contents, so there each is its own.
  private mutating func write(_ parts: [Part], error: JSONValue? = nil) {
    switch request.revision {
    case .steps: writeStep(parts, error: error)
    case .legacy: for part in parts { writeStep([part]) }
    }
  }

  private mutating func writeStep(_ parts: [Part], error: JSONValue? = nil) {
    let contents = parts.flatMap(\.contents).map(JSONValue.object)
    var step: JSONObject = ["type": "model_output", "content": .array(contents)]
    step["error"] = error
    let index = begin(step)
    for part in parts {
      switch part {
      case .text(let text, let annotations):
        for piece in text.wordGroups {
          schedule(.delta(index, ["text": .string(piece), "type": "text"]), after: Latencies.piece)
        }
        guard let annotations else { continue }
        schedule(.delta(index, ["annotations": annotations, "type": "text_annotation_delta"]))
      case .clip(let clip, let chunking, let format):
        for chunk in format.chunks(clip, by: chunking) {
          schedule(.delta(index, chunk.content))
          clock = clock + pace.gap(after: chunk.length, service: Latencies.audio)
        }
      case .whole(let content): schedule(.delta(index, content), after: Latencies.piece)
      }
    }
    schedule(.stop(index))
  }

  private mutating func begin(_ step: JSONObject, thinking text: String? = nil) -> Int {
    steps.append(step)
    usage.write(step, thinking: text)
    schedule(.start(steps.count - 1), after: Latencies.step)
    return steps.count - 1
  }

  private static func contentType(of mimeType: String) -> String {
    let family = mimeType.prefix { $0 != "/" }
    return ["image", "audio", "video"].contains(family) ? String(family) : "document"
  }
}

extension String {
  /// The text cut behind blanks into pieces of a few words; never empty.
  var wordGroups: [String] {
    let bytes = Array(utf8)
    var groups: [String] = []
    var start = 0
    for (index, byte) in bytes.enumerated() {
      guard byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n"), index - start >= 15
      else { continue }
      groups.append(String(decoding: bytes[start...index], as: UTF8.self))
      start = index + 1
    }
    if start < bytes.count || groups.isEmpty {
      groups.append(String(decoding: bytes[start...], as: UTF8.self))
    }
    return groups
  }

  /// The text cut into pieces of `length` characters; never empty.
  fileprivate func pieces(of length: Int) -> [String] {
    var pieces: [String] = []
    var rest = self[...]
    repeat {
      pieces.append(String(rest.prefix(length)))
      rest = rest.dropFirst(length)
    } while !rest.isEmpty
    return pieces
  }
}
