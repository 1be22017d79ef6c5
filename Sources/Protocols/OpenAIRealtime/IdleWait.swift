import Conversation
import JSON
import VirtualTime

/// The user has been silent since the model's last answer was played.
struct IdleWait: Sendable {
  let due: Instant
  /// Where the input audio stood.
  let startMilliseconds: Int
}

/// `idle_timeout_ms` (Session reference, "turn_detection"; recorded with times).
extension LiveSession {
  /// Counting starts when the answer has been played, which may be long after it was sent.
  mutating func awaitUser(after response: ModelResponse, at now: Instant) {
    guard let timeout = configuration.detection("idle_timeout_ms"), input.speech == nil else {
      return
    }
    var played = now
    switch pace {
    case .service: played = now + response.playback
    case .realtime, .times, .fast:
      if let first = response.firstAudio {
        played = max(now, first + pace.playback(response.playback))
      }
    }
    idle = IdleWait(
      due: played + .milliseconds(timeout), startMilliseconds: input.heardMilliseconds)
  }

  /// The service nudges the model: a note of its own, the silence as the user's turn, an answer.
  mutating func nudge(_ wait: IdleWait, at now: Instant) {
    idle = nil
    guard let timeout = configuration.detection("idle_timeout_ms") else { return }
    let itemID = newID("item_", at: now)
    // Recorded: 5120 ms for a timeout of 5000, on the 32 ms grid.
    let span = ((timeout + 31) / 32 + 3) * 32
    send(
      "input_audio_buffer.timeout_triggered",
      [
        "audio_start_ms": .int(wait.startMilliseconds),
        "audio_end_ms": .int(wait.startMilliseconds + span), "item_id": .string(itemID),
      ], at: now)
    let note = newID("item_", at: now)
    let item: JSONObject = [
      "id": .string(note), "type": "message", "status": "completed", "role": "system",
      "content": [["type": "input_text", "text": .string(Self.note)]],
    ]
    addToConversation(
      .init(id: note, json: item, tokens: TokenCount(text: TokenCount.text(Self.note))), now: now)
    let silence = input.commit(milliseconds: 0, endingAt: input.heardMilliseconds)
    commit(silence, as: itemID, milliseconds: 0, at: now)
    if configuration.transcriptionModel != nil {
      transcriptions.append(
        PendingTranscription(
          itemID: itemID, result: .text(""), milliseconds: 0,
          due: now + pace.latency(Latencies.transcription)))
    }
    guard activeIndex == nil else { return }
    beginResponse([:], at: now)
    askForAnswer()
  }

  private static let note =
    "The user has said nothing for a while. Look at what was heard last, and follow up on it or "
    + "ask whether they are still there."
}
