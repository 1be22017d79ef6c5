import Conversation
import JSON
import VirtualTime

/// What the other end of a call hears at the moment.
struct Playing: Sendable {
  let responseID: String
  let itemID: String
  let since: Instant
  /// When all of it was heard; never while the answer is still made.
  var due = Instant.never
}

/// `output_audio_buffer.*`: the sound of a call plays in real time, whatever the pace of the events
/// (API reference, "output_audio_buffer.started"; recorded on WebRTC).
extension LiveSession {
  mutating func startPlaying(_ itemID: String, at now: Instant) {
    guard admission.isSideband, let response = responses.first,
      playing?.responseID != response.id
    else { return }
    playing = Playing(responseID: response.id, itemID: itemID, since: now)
    sendBuffer("started", response.id)
  }

  /// The answer is complete: it is heard to its end, after `rate_limits.updated` at the earliest.
  mutating func finishPlaying(_ response: ModelResponse, at now: Instant) {
    guard var heard = playing, heard.responseID == response.id else { return }
    let soonest = now + pace.latency(Latencies.rateLimits)
    heard.due = max(soonest, heard.since + pace.playback(response.playback))
    playing = heard
  }

  mutating func stopPlaying() {
    guard let playing else { return }
    self.playing = nil
    sendBuffer("stopped", playing.responseID)
  }

  /// The rest is not heard. When the answer was complete already, its item is cut to what was
  /// played, in steps of 20 ms.
  mutating func clearPlaying(at now: Instant) {
    guard let playing else { return }
    self.playing = nil
    sendBuffer("cleared", playing.responseID)
    guard playing.due < .never, let index = items.index(of: playing.itemID),
      let whole = items.items[index].audio?.duration
    else { return }
    let heard = min(whole.milliseconds, (now - playing.since).milliseconds / 20 * 20)
    truncate(index, toMilliseconds: heard, at: now)
  }

  /// The tier that has the media makes these events, and ids of its own shape (recorded).
  private mutating func sendBuffer(_ word: String, _ responseID: String) {
    sendRaw([
      "type": .string("output_audio_buffer.\(word)"), "event_id": .string(ids.mediaEventID()),
      "response_id": .string(responseID),
    ])
  }
}
