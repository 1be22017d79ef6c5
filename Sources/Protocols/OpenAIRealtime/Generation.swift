import Audio
import Conversation
import JSON
import VirtualTime

/// How the model's answer comes out (Realtime guide, "Lifecycle of a response"; recorded).
extension LiveSession {
  /// Begins a response; the scenario is asked what the model says.
  mutating func beginResponse(_ parameters: JSONObject, at now: Instant) {
    let isOutOfBand = parameters["conversation"]?.string == "none"
    let modalities = parameters["output_modalities"] ?? configuration.outputModalities
    let output = parameters["audio"]?["output"]
    response = Response(
      id: newID("resp_", at: now), isOutOfBand: isOutOfBand, isText: modalities == ["text"],
      conversationID: isOutOfBand ? .null : .string(conversationID),
      outputModalities: modalities,
      maxOutputTokens: parameters["max_output_tokens"] ?? configuration.maxOutputTokens,
      audio: [
        "output": [
          "format": output?["format"] ?? configuration.outputFormat,
          "voice": output?["voice"] ?? configuration.voice,
        ]
      ],
      metadata: parameters["metadata"] ?? .null,
      createdDue: now + pace.latency(Latencies.response))
    let instructions = parameters["instructions"]?.string ?? configuration.instructions
    response?.usage.input =
      items.tokens + TokenCount(text: TokenCount.text(instructions), audio: 0)
  }

  /// Asks the scenario for the answer to what the user brought.
  mutating func askForAnswer() {
    report(.turn(UserTurn(text: userText, speech: userSpeech)))
    userText = nil
    userSpeech = .zero
  }

  mutating func say(_ speech: Speech, at now: Instant) {
    if response == nil { beginResponse([:], at: now) }
    if response?.createdDue != nil {
      response?.waiting = .speech(speech)
    } else {
      let isFirst = response?.output.isEmpty == true
      let latency = isFirst ? Latencies.firstItem : Latencies.nextItem
      utter(speech, at: now + pace.latency(latency))
    }
  }

  mutating func endTurn(at now: Instant) {
    if response == nil { beginResponse([:], at: now) }
    if response?.createdDue != nil {
      response?.waiting = .end
    } else {
      finishResponse(at: now)
    }
  }

  /// The next thing of the response that is due.
  mutating func generate(at due: Instant) {
    if response?.createdDue != nil { return announceResponse(at: due) }
    guard var saying = utterance, let response else { return }
    switch saying.stage {
    case .item:
      announce(saying, in: response, at: due)
      saying.stage = .part
      saying.stageDue = due + pace.latency(Latencies.part)
    case .part:
      send("response.content_part.added", place(saying) + ["part": saying.part], at: due)
      saying.stage = .deltas
      saying.stageDue = due + pace.latency(Latencies.firstWord)
      if !saying.chunks.isEmpty {
        saying.chunkDue = saying.stageDue + pace.latency(Latencies.firstAudio)
      }
      closeWhenSaid(&saying, at: due)
    case .deltas:
      if saying.nextWord < saying.words.count, saying.stageDue <= saying.chunkDue {
        sendWord(&saying, at: due)
      } else {
        sendChunk(&saying, at: due)
      }
      closeWhenSaid(&saying, at: due)
    case .closing: return finishUtterance(saying, at: due)
    }
    utterance = saying
  }

  /// `response.created` goes out; what the scenario asked for meanwhile begins.
  mutating func announceResponse(at due: Instant) {
    response?.createdDue = nil
    guard let response else { return }
    send("response.created", ["response": response.json(status: "in_progress")], at: due)
    let waiting = response.waiting
    self.response?.waiting = nil
    switch waiting {
    case .speech(let speech): say(speech, at: due)
    case .end: finishResponse(at: due)
    case nil: break
    }
  }

  private mutating func utter(_ speech: Speech, at due: Instant) {
    guard let response else { return }
    let text = speech.text ?? ""
    let clip = speech.audio ?? AudioClip.hum(for: text)
    utterance = Utterance(
      itemID: newID("item_", at: due), outputIndex: response.output.count,
      isText: response.isText, words: text.spokenWords,
      chunks: response.isText ? [] : clip.chunks(by: speech.chunking ?? OpenAIRealtime.chunking),
      stageDue: due)
  }

  private mutating func announce(_ saying: Utterance, in response: Response, at due: Instant) {
    let item = saying.item(status: "in_progress")
    send(
      "response.output_item.added",
      [
        "response_id": .string(response.id), "output_index": .int(saying.outputIndex),
        "item": .object(item),
      ], at: due)
    if response.isOutOfBand { return }
    let previous = items.append(
      .init(id: saying.itemID, json: item, outputAudio: nil, tokens: TokenCount()))
    send(
      "conversation.item.added",
      ["previous_item_id": .optional(previous), "item": .object(item)], at: due)
  }

  private mutating func sendWord(_ saying: inout Utterance, at due: Instant) {
    let word = saying.words[saying.nextWord]
    saying.text += word
    saying.nextWord += 1
    saying.stageDue = due + pace.latency(Latencies.nextWord)
    let type =
      saying.isText ? "response.output_text.delta" : "response.output_audio_transcript.delta"
    let obfuscation = ids.obfuscation(for: word)
    send(
      type, place(saying) + ["delta": .string(word), "obfuscation": .string(obfuscation)], at: due)
  }

  private mutating func sendChunk(_ saying: inout Utterance, at due: Instant) {
    let chunk = saying.chunks[saying.nextChunk]
    saying.nextChunk += 1
    saying.audio += chunk.duration
    hasSpoken = true
    let isLast = saying.nextChunk == saying.chunks.count
    saying.chunkDue =
      isLast ? .never : due + pace.gap(after: chunk.duration, service: Latencies.nextAudio)
    send("response.output_audio.delta", place(saying) + ["delta": .shared(chunk.base64)], at: due)
  }

  private func closeWhenSaid(_ saying: inout Utterance, at due: Instant) {
    guard saying.nextWord == saying.words.count, saying.nextChunk == saying.chunks.count else {
      return
    }
    saying.stage = .closing
    saying.stageDue = due + pace.latency(Latencies.closing)
  }

  /// Where a delta belongs; the order of these keys is the service's.
  private func place(_ saying: Utterance) -> JSONObject {
    [
      "response_id": .string(response?.id ?? ""), "item_id": .string(saying.itemID),
      "output_index": .int(saying.outputIndex), "content_index": 0,
    ]
  }

  private mutating func finishUtterance(_ saying: Utterance, at now: Instant) {
    close(saying, status: "completed", at: now)
    utterance = nil
    reportPerformed()
  }

  /// The closing events of an item, in one burst.
  private mutating func close(_ saying: Utterance, status: String, at now: Instant) {
    guard saying.isAnnounced, let response else { return }
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
      send("response.content_part.done", place + ["part": saying.part], at: now)
    }
    let item = saying.item(status: status)
    if !response.isOutOfBand {
      items.replace(
        .init(
          id: saying.itemID, json: item, outputAudio: saying.isText ? nil : saying.audio,
          tokens: saying.tokens))
      send(
        "conversation.item.done",
        [
          "previous_item_id": .optional(previousOfGenerated(saying.itemID)),
          "item": .object(item),
        ], at: now)
    }
    send(
      "response.output_item.done",
      [
        "response_id": .string(response.id), "output_index": .int(saying.outputIndex),
        "item": .object(item),
      ], at: now)
    self.response?.output.append(.object(item))
    self.response?.usage.output = response.usage.output + saying.tokens
  }

  /// A quirk of the service, recorded 14 times of 14: the `done` of a generated item names no
  /// item before it when there is exactly one.
  private func previousOfGenerated(_ id: String) -> String? {
    guard let index = items.index(of: id), index > 1 else { return nil }
    return items.items[index - 1].id
  }

  private mutating func finishResponse(at now: Instant) {
    guard let response else { return }
    self.response = nil
    send(
      "response.done",
      ["response": response.json(status: "completed", usage: response.usage)], at: now)
    rateLimitsDue = now + pace.latency(Latencies.rateLimits)
    reportPerformed()
  }

  /// Cuts the answer: closing events, then `response.done` with what was said so far.
  ///
  /// `reason` is `turn_detected` or `client_cancelled`. Before the first output the usage is zero
  /// (recorded).
  mutating func cancelResponse(reason: String, at now: Instant) {
    if response?.createdDue != nil {
      response?.waiting = nil
      announceResponse(at: now)
    }
    if let saying = utterance { close(saying, status: "incomplete", at: now) }
    utterance = nil
    guard let response else { return }
    self.response = nil
    send(
      "response.done",
      [
        "response": response.json(
          status: "cancelled", details: ["type": "cancelled", "reason": .string(reason)],
          usage: response.output.isEmpty ? Usage() : response.usage)
      ], at: now)
    report(.interrupted)
  }

  /// Realtime reference, "rate_limits.updated"; GA reports tokens only (recorded). A mock never
  /// runs out.
  mutating func sendRateLimits(at now: Instant) {
    send(
      "rate_limits.updated",
      [
        "rate_limits": [
          ["name": "tokens", "limit": 40_000_000, "remaining": 39_990_000, "reset_seconds": 0.015]
        ]
      ], at: now)
  }
}

extension JSONObject {
  fileprivate static func + (left: JSONObject, right: JSONObject) -> JSONObject {
    JSONObject(left.members + right.members)
  }
}
