import Conversation
import JSON
import VirtualTime

/// A transcription of what the user said, on its way.
struct PendingTranscription: Sendable {
  enum Result: Sendable {
    case text(String)
    case failed(ServiceFailure)
  }

  let itemID: String
  let result: Result
  let milliseconds: Int
  let due: Instant
}

/// What the user's speech says, where the session wants to know (recorded).
extension LiveSession {
  /// The scenario's answer to `.spoke`: what the first item that still waits says.
  mutating func transcribe(_ transcription: Transcription, at now: Instant) {
    guard !spoken.isEmpty else { return }
    let item = spoken.removeFirst()
    guard configuration.transcriptionModel != nil, transcriptions.count < 100 else { return }
    let result: PendingTranscription.Result =
      switch transcription {
      case .heard(let text): .text(text ?? "")
      case .failed(let failure): .failed(failure)
      }
    transcriptions.append(
      PendingTranscription(
        itemID: item.itemID, result: result, milliseconds: item.milliseconds,
        due: now + pace.latency(Latencies.transcription)))
  }

  mutating func finishTranscription(at now: Instant) {
    let transcription = transcriptions.removeFirst()
    let place: JSONObject = ["item_id": .string(transcription.itemID), "content_index": 0]
    switch transcription.result {
    case .text(let text): deliver(text, of: transcription, place, at: now)
    case .failed(let failure): failTranscription(failure, of: transcription, place, at: now)
    }
  }

  private mutating func deliver(
    _ text: String, of transcription: PendingTranscription, _ place: JSONObject, at now: Instant
  ) {
    let model = configuration.transcriptionModel ?? ""
    let type = "conversation.item.input_audio_transcription"
    if model != "whisper-1" {
      for word in text.spokenWords {
        var members = place + delta(word)
        if configuration.wantsLogprobs { members["logprobs"] = Self.logprobs(of: [word]) }
        send("\(type).delta", members, at: now)
      }
    }
    if model.contains("diarize"), !text.isEmpty {
      sendSegment(text, of: transcription, place, at: now)
    }
    var members = place
    members["transcript"] = .string(text)
    members["usage"] = usage(of: transcription, text)
    if configuration.wantsLogprobs { members["logprobs"] = Self.logprobs(of: text.spokenWords) }
    send("\(type).completed", members, at: now)
    if let index = items.index(of: transcription.itemID) {
      items.setTranscript(.string(text), of: index)
    }
  }

  /// A mock knows one speaker, who says everything in one piece.
  private mutating func sendSegment(
    _ text: String, of transcription: PendingTranscription, _ place: JSONObject, at now: Instant
  ) {
    let segment: JSONObject = [
      "id": "seg_0001", "speaker": "A", "text": .string(text), "start": 0.0,
      "end": .double(Double(transcription.milliseconds) / 1000),
    ]
    send("conversation.item.input_audio_transcription.segment", place + segment, at: now)
  }

  private mutating func failTranscription(
    _ failure: ServiceFailure, of transcription: PendingTranscription, _ place: JSONObject,
    at now: Instant
  ) {
    let refusal = Refusal(failure)
    let message =
      failure.message ?? "Input transcription failed for item '\(transcription.itemID)'."
    let error: JSONValue = [
      "type": .string(refusal.type), "code": .optional(refusal.code),
      "message": .string(message), "param": nil,
    ]
    send(
      "conversation.item.input_audio_transcription.failed", place + ["error": error], at: now)
  }

  /// Every token is as good as certain.
  private static func logprobs(of words: [String]) -> JSONValue {
    .array(
      words.map { word in
        [
          "token": .string(word), "logprob": -0.001,
          "bytes": .array(word.utf8.map { .int(Int($0)) }),
        ]
      })
  }

  /// Whisper models are paid by the second, the others by the token (API reference,
  /// "conversation.item.input_audio_transcription.completed").
  private func usage(of transcription: PendingTranscription, _ text: String) -> JSONValue {
    if configuration.transcriptionModel?.contains("whisper") == true {
      let seconds = (transcription.milliseconds + 999) / 1000
      return ["type": "duration", "seconds": .int(seconds)]
    }
    let input = TokenCount.userAudio(milliseconds: transcription.milliseconds)
    let output = TokenCount.text(text)
    return [
      "type": "tokens", "total_tokens": .int(input + output), "input_tokens": .int(input),
      "input_token_details": ["text_tokens": 0, "audio_tokens": .int(input)],
      "output_tokens": .int(output),
    ]
  }
}
