import Audio
import Conversation
import JSON
import VirtualTime

/// What the client's audio does (Realtime guide, "Voice activity detection"; recorded).
extension LiveSession {
  mutating func append(_ event: JSONObject, at now: Instant) throws(Refusal) {
    guard let audio = event["audio"] else { throw .missing("audio") }
    guard let text = audio.string, let bytes = Base64.decode(text) else {
      throw .notAudio("audio")
    }
    guard bytes.count <= InputAudio.appendBytesMax else {
      throw .invalid("audio", "at most 15 MiB may be appended at once.")
    }
    for change in input.append(bytes) {
      switch change {
      case .started(let start): hear(startMilliseconds: start, at: now)
      case .ended(let end): stopSpeech(at: end, isHeard: true, now: now)
      }
    }
  }

  private mutating func hear(startMilliseconds: Int, at now: Instant) {
    let interrupts = configuration.turnDetection?["interrupt_response"]?.bool ?? true
    // Recorded: a response that was not announced yet is announced before it is cancelled.
    if interrupts, let index = activeIndex, responses[index].createdDue != nil {
      announceResponse(index, isCut: true, at: now)
    }
    startSpeech(at: startMilliseconds, now: now)
    if interrupts, let index = activeIndex {
      cancelResponse(index, reason: "turn_detected", at: now)
    }
  }

  mutating func startSpeech(at milliseconds: Int, now: Instant) {
    let padding = configuration.detection("prefix_padding_ms") ?? 300
    let start = max(0, milliseconds - padding)
    let itemID = newID("item_", at: now)
    input.speech = (itemID, start)
    idle = nil
    send(
      "input_audio_buffer.speech_started",
      ["audio_start_ms": .int(start), "item_id": .string(itemID)], at: now)
    if configuration.turnDetection?["interrupt_response"]?.bool ?? true { clearPlaying(at: now) }
  }

  /// `isHeard` is false for a noise that nobody answers.
  mutating func stopSpeech(at end: Int, isHeard: Bool, now: Instant) {
    guard let speech = input.speech else { return }
    send(
      "input_audio_buffer.speech_stopped",
      ["audio_end_ms": .int(end), "item_id": .string(speech.itemID)], at: now)
    let milliseconds = max(0, end - speech.startMilliseconds)
    let audio = input.commit(milliseconds: milliseconds, endingAt: end)
    commit(audio, as: speech.itemID, milliseconds: milliseconds, at: now)
    guard isHeard else { return }
    listen(to: speech.itemID, milliseconds: milliseconds)
    let answers = configuration.turnDetection?["create_response"]?.bool ?? true
    guard answers, configuration.kind == .realtime else { return }
    if let index = activeIndex {
      refuse(.activeResponse(responses[index].id), clientEventID: nil, at: now)
    } else {
      beginResponse([:], at: now)
      askForAnswer()
    }
  }

  /// `input_audio_buffer.commit`: makes an item, and never a response.
  mutating func commit(at now: Instant) throws(Refusal) {
    guard input.milliseconds >= Double(InputAudio.commitMillisecondsMin) else {
      throw Refusal(
        "input_audio_buffer_commit_empty",
        "Error committing input audio buffer: buffer too small. Expected at least "
          + "\(InputAudio.commitMillisecondsMin)ms of audio, but buffer only has "
          + "\(input.milliseconds.hundredths)ms of audio.")
    }
    let id = input.speech?.itemID ?? newID("item_", at: now)
    let milliseconds = Int(input.milliseconds)
    commit(input.commitAll(), as: id, milliseconds: milliseconds, at: now)
    listen(to: id, milliseconds: milliseconds)
  }

  mutating func commit(
    _ audio: ItemAudio, as itemID: String, milliseconds: Int, at now: Instant
  ) {
    idle = nil
    send(
      "input_audio_buffer.committed",
      ["previous_item_id": .optional(items.lastID), "item_id": .string(itemID)], at: now)
    let item: JSONObject = [
      "id": .string(itemID), "type": "message", "status": "completed", "role": "user",
      "content": [["type": "input_audio", "transcript": nil]],
    ]
    addToConversation(
      .init(
        id: itemID, json: item, audio: audio,
        tokens: TokenCount(audio: TokenCount.userAudio(milliseconds: milliseconds))), now: now)
  }

  /// Tells the scenario of the speech; it answers what was said.
  private mutating func listen(to itemID: String, milliseconds: Int) {
    brought.add(speech: .milliseconds(milliseconds))
    spoken.append((itemID, milliseconds))
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
}

extension Refusal {
  static func notAudio(_ path: String) -> Refusal {
    Refusal(
      "invalid_value", "Invalid '\(path)'. Expected base64-encoded audio bytes.", param: path)
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
