import Audio
import Conversation
import JSON
import VirtualTime

/// How the model speaks, writes and thinks: the message items of a response.
extension LiveSession {
  mutating func say(_ speech: Speech, at now: Instant) {
    guard isReady(for: .say(speech), at: now) else { return }
    closeUtterance("completed", at: now)
    let response = responses[0]
    let text = speech.text ?? ""
    let clip = response.isText ? nil : speech.audio ?? AudioClip.hum(for: text)
    utterance = Utterance(
      itemID: newID("item_", at: now), outputIndex: response.announcedCount,
      isText: response.isText, words: text.spokenWords, clip: clip,
      chunks: clip?.chunks(by: speech.chunking ?? OpenAIRealtime.chunking) ?? [],
      format: response.format, stageDue: nextItemDue(at: now))
  }

  /// Reasoning shows only in what it costs (Response reference, "usage"), and only models of the
  /// second generation reason.
  mutating func think(_ thought: String, at now: Instant) {
    if responses.isEmpty { beginResponse([:], at: now) }
    if configuration.isSecondGeneration {
      responses[0].usage.reasoning += TokenCount.text(thought)
    }
    reportPerformed()
  }

  mutating func advance(_ utterance: Utterance, at due: Instant) {
    var saying = utterance
    switch saying.stage {
    case .item:
      announce(item: saying.item(status: "in_progress"), at: saying.outputIndex, now: due)
      saying.stage = .part
      saying.stageDue = due + pace.latency(Latencies.part)
    case .part:
      sendPart("response.content_part.added", saying, at: due)
      saying.stage = .deltas
      saying.stageDue = due + pace.latency(Latencies.firstWord)
      if !saying.chunks.isEmpty {
        saying.chunkDue = saying.stageDue + pace.latency(Latencies.firstAudio)
      }
      waitWhenSaid(&saying, at: due)
    case .deltas where saying.isSaid:
      saying.stage = .said
      saying.stageDue = .never
      reportPerformed()
    case .deltas:
      if saying.nextWord < saying.words.count, saying.stageDue <= saying.chunkDue {
        sendWord(&saying, at: due)
      } else {
        sendChunk(&saying, at: due)
      }
      waitWhenSaid(&saying, at: due)
    case .said: return
    }
    self.utterance = saying
    stopAtLimit(at: due)
  }

  private func waitWhenSaid(_ saying: inout Utterance, at due: Instant) {
    if saying.isSaid { saying.stageDue = due + pace.latency(Latencies.closing) }
  }

  /// Response reference, "max_output_tokens": the answer is cut there, and is incomplete.
  private mutating func stopAtLimit(at due: Instant) {
    guard let limit = responses[0].maxOutputTokens.integer, let saying = utterance,
      !saying.isSaid, responses[0].usage.output.total + saying.tokens.total >= limit
    else { return }
    finishResponse(.incomplete(reason: "max_output_tokens"), at: due)
    reportPerformed()
  }

  /// `output_item.added`, and the item enters the conversation.
  mutating func announce(item: JSONObject, at outputIndex: Int, now: Instant) {
    responses[0].announcedCount += 1
    send(
      "response.output_item.added",
      [
        "response_id": .string(responses[0].id), "output_index": .int(outputIndex),
        "item": .object(item),
      ], at: now)
    if responses[0].isOutOfBand { return }
    let id = item["id"]?.string ?? ""
    let previous = items.append(.init(id: id, json: item, tokens: TokenCount()))
    send(
      "conversation.item.added",
      ["previous_item_id": .optional(previous), "item": .object(item)], at: now)
  }

  /// `conversation.item.done` and `output_item.done` with the final form of an item.
  mutating func finish(item: ConversationItems.Item, at outputIndex: Int, now: Instant) {
    if !responses[0].isOutOfBand {
      items.replace(item)
      send(
        "conversation.item.done",
        [
          "previous_item_id": .optional(previousOfGenerated(item.id)),
          "item": .object(item.json),
        ], at: now)
    }
    send(
      "response.output_item.done",
      [
        "response_id": .string(responses[0].id), "output_index": .int(outputIndex),
        "item": .object(item.json),
      ], at: now)
    responses[0].output.append(.object(item.json))
    responses[0].usage.output = responses[0].usage.output + item.tokens
  }

  /// A quirk of the service, recorded 14 times of 14: the `done` of a generated item names no
  /// item before it when there is exactly one.
  private func previousOfGenerated(_ id: String) -> String? {
    guard let index = items.index(of: id), index > 1 else { return nil }
    return items.items[index - 1].id
  }

  private mutating func sendWord(_ saying: inout Utterance, at due: Instant) {
    let word = saying.words[saying.nextWord]
    saying.text += word
    saying.nextWord += 1
    saying.stageDue = due + pace.latency(Latencies.nextWord)
    let type =
      saying.isText ? "response.output_text.delta" : "response.output_audio_transcript.delta"
    send(type, place(saying) + delta(word), at: due)
  }

  /// A piece of text, with the fill that hides its length.
  mutating func delta(_ text: String) -> JSONObject {
    var members: JSONObject = ["delta": .string(text)]
    if knobs.obfuscates { members["obfuscation"] = .string(ids.obfuscation(for: text)) }
    return members
  }

  private mutating func sendChunk(_ saying: inout Utterance, at due: Instant) {
    let before = saying.audio
    let base64 = saying.takeChunk()
    let duration = saying.audio - before
    hasSpoken = true
    responses[0].playback += duration
    if responses[0].firstAudio == nil { responses[0].firstAudio = due }
    let isLast = saying.nextChunk == saying.chunks.count
    saying.chunkDue =
      isLast ? .never : due + pace.gap(after: duration, service: Latencies.nextAudio)
    // The media of a call goes elsewhere (recorded: no audio delta on a sideband connection).
    startPlaying(saying.itemID, at: due)
    if admission.isSideband { return }
    send("response.output_audio.delta", place(saying) + ["delta": .shared(base64)], at: due)
  }

  /// Azure repeats the part under another name (recorded).
  private mutating func sendPart(_ type: String, _ saying: Utterance, at now: Instant) {
    var members = place(saying) + ["part": saying.part]
    if admission.isAzure, admission.dialect == .ga { members["content"] = saying.part }
    send(type, members, at: now)
  }

  /// Where a delta belongs; the order of these keys is the service's.
  private func place(_ saying: Utterance) -> JSONObject {
    [
      "response_id": .string(responses.first?.id ?? ""), "item_id": .string(saying.itemID),
      "output_index": .int(saying.outputIndex), "content_index": 0,
    ]
  }

  /// The closing events of the message under way, in one burst.
  mutating func closeUtterance(_ status: String, at now: Instant) {
    guard let saying = utterance else { return }
    utterance = nil
    guard saying.isAnnounced else { return }
    if saying.hasPart {
      let place = place(saying)
      if saying.isText {
        send("response.output_text.done", place + ["text": .string(saying.text)], at: now)
      } else {
        send("response.output_audio.done", place, at: now)
        send(
          "response.output_audio_transcript.done", place + ["transcript": .string(saying.text)],
          at: now)
      }
      sendPart("response.content_part.done", saying, at: now)
    }
    let audio = saying.clip.map {
      ItemAudio(clip: $0, duration: saying.audio, format: saying.format)
    }
    finish(
      item: .init(
        id: saying.itemID, json: saying.item(status: status), audio: audio, tokens: saying.tokens),
      at: saying.outputIndex, now: now)
    if let cut = saying.cut, let index = items.index(of: saying.itemID) { self.cut(index, to: cut) }
  }

  /// The scenario cuts the answer as the user's voice would: with turn detection on, the whole
  /// course of a barge-in is seen, of a noise nobody answers.
  mutating func interrupt(at now: Instant) {
    wasCut = true
    reportPerformed()
    let isOpen = responses.first?.isOver == false
    if isOpen, responses[0].createdDue != nil { announceResponse(0, isCut: true, at: now) }
    let detects = configuration.turnDetection != nil && input.speech == nil
    if detects { startSpeech(at: input.heardMilliseconds, now: now) }
    if isOpen {
      finishResponse(.cancelled(reason: "turn_detected"), at: now)
      responses.removeFirst()
    }
    if detects { stopSpeech(at: input.heardMilliseconds, isHeard: false, now: now) }
  }
}

extension JSONObject {
  static func + (left: JSONObject, right: JSONObject) -> JSONObject {
    JSONObject(left.members + right.members)
  }
}
