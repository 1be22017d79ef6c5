import Audio
import Conversation
import JSON
import VirtualTime

/// A transcription of what the user said, on its way.
struct Transcription: Sendable {
  let itemID: String
  let text: String
  let milliseconds: Int
  let due: Instant
}

/// What the client's audio does (Realtime guide, "Voice activity detection"; recorded).
extension LiveSession {
  mutating func hear(_ change: SpeechDetector.Change, at now: Instant) {
    switch change {
    case .started(let start): beginSpeech(startMilliseconds: start, at: now)
    case .ended(let end): endSpeech(endMilliseconds: end, at: now)
    }
  }

  private mutating func beginSpeech(startMilliseconds: Int, at now: Instant) {
    let padding = configuration.turnDetection?["prefix_padding_ms"]?.integer ?? 300
    let start = max(0, startMilliseconds - padding)
    let itemID = newID("item_", at: now)
    input.speech = (itemID, start)
    let interrupts = configuration.turnDetection?["interrupt_response"]?.bool ?? true
    // Recorded: a response that was not announced yet is announced before it is cancelled.
    if interrupts, response?.createdDue != nil { announceResponse(at: now) }
    send(
      "input_audio_buffer.speech_started",
      ["audio_start_ms": .int(start), "item_id": .string(itemID)], at: now)
    if interrupts, response != nil { cancelResponse(reason: "turn_detected", at: now) }
  }

  private mutating func endSpeech(endMilliseconds: Int, at now: Instant) {
    guard let speech = input.speech else { return }
    send(
      "input_audio_buffer.speech_stopped",
      ["audio_end_ms": .int(endMilliseconds), "item_id": .string(speech.itemID)], at: now)
    commit(
      as: speech.itemID, milliseconds: max(0, endMilliseconds - speech.startMilliseconds), at: now)
    guard configuration.turnDetection?["create_response"]?.bool ?? true else { return }
    if let response {
      refuse(.activeResponse(response.id), clientEventID: nil, at: now)
    } else {
      beginResponse([:], at: now)
      askForAnswer()
    }
  }

  /// `input_audio_buffer.commit`: makes an item, and never a response.
  mutating func commit(clientEventID: String?, at now: Instant) {
    guard input.milliseconds >= Double(InputAudio.commitMillisecondsMin) else {
      let held = input.milliseconds.hundredths
      return refuse(
        Refusal(
          "input_audio_buffer_commit_empty",
          "Error committing input audio buffer: buffer too small. Expected at least "
            + "\(InputAudio.commitMillisecondsMin)ms of audio, but buffer only has "
            + "\(held)ms of audio."), clientEventID: clientEventID, at: now)
    }
    commit(
      as: input.speech?.itemID ?? newID("item_", at: now), milliseconds: Int(input.milliseconds),
      at: now)
  }

  private mutating func commit(as itemID: String, milliseconds: Int, at now: Instant) {
    input.commit()
    let previous = items.lastID
    send(
      "input_audio_buffer.committed",
      ["previous_item_id": .optional(previous), "item_id": .string(itemID)], at: now)
    let item: JSONObject = [
      "id": .string(itemID), "type": "message", "status": "completed", "role": "user",
      "content": [["type": "input_audio", "transcript": nil]],
    ]
    addToConversation(
      .init(
        id: itemID, json: item, outputAudio: nil,
        tokens: TokenCount(audio: TokenCount.userAudio(milliseconds: milliseconds))), now: now)
    userSpeech += .milliseconds(milliseconds)
    spoken = (itemID, milliseconds)
    report(.spoke(.milliseconds(milliseconds)))
  }

  /// An item that is complete from the start: `added` and `done` come together.
  mutating func addToConversation(
    _ item: ConversationItems.Item, at index: Int? = nil, now: Instant
  ) {
    let previous = items.insert(item, at: index ?? items.items.count)
    for type in ["conversation.item.added", "conversation.item.done"] {
      send(
        type, ["previous_item_id": .optional(previous), "item": .object(item.json)], at: now)
    }
  }

  /// The scenario's answer to `.spoke`: what the item that was committed last says.
  mutating func transcribe(_ text: String?, at now: Instant) {
    guard let item = spoken, configuration.transcriptionModel != nil else { return }
    spoken = nil
    transcriptions.append(
      Transcription(
        itemID: item.itemID, text: text ?? "", milliseconds: item.milliseconds,
        due: now + pace.latency(Latencies.transcription)))
  }

  mutating func finishTranscription(at now: Instant) {
    let transcription = transcriptions.removeFirst()
    let place: [JSONMember] = [
      JSONMember(name: "item_id", value: .string(transcription.itemID)),
      JSONMember(name: "content_index", value: 0),
    ]
    for word in transcription.text.spokenWords where configuration.transcriptionModel != "whisper-1"
    {
      let obfuscation = ids.obfuscation(for: word)
      let rest: JSONObject = ["delta": .string(word), "obfuscation": .string(obfuscation)]
      send(
        "conversation.item.input_audio_transcription.delta",
        JSONObject(place + rest.members), at: now)
    }
    let rest: JSONObject = [
      "transcript": .string(transcription.text), "usage": usage(of: transcription),
    ]
    send(
      "conversation.item.input_audio_transcription.completed", JSONObject(place + rest.members),
      at: now)
  }

  /// Whisper models are paid by the second, the others by the token (API reference,
  /// "conversation.item.input_audio_transcription.completed").
  private func usage(of transcription: Transcription) -> JSONValue {
    if configuration.transcriptionModel?.contains("whisper") == true {
      let seconds = (transcription.milliseconds + 999) / 1000
      return ["type": "duration", "seconds": .int(seconds)]
    }
    let input = TokenCount.userAudio(milliseconds: transcription.milliseconds)
    let output = TokenCount.text(transcription.text)
    return [
      "type": "tokens", "total_tokens": .int(input + output), "input_tokens": .int(input),
      "input_token_details": ["text_tokens": 0, "audio_tokens": .int(input)],
      "output_tokens": .int(output),
    ]
  }
}

extension Double {
  /// With two digits after the point, as in `12.50`.
  fileprivate var hundredths: String {
    let whole = Int(self * 100)
    let fraction = whole % 100
    return "\(whole / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }
}
