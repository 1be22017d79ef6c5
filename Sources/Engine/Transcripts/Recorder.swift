package import JSON
package import VirtualTime
package import Wire

/// Writes down one connection: one JSON object per line, ready for a file.
///
/// A line holds `at` (seconds since the connection was opened), `from` (`client` or `server`) and
/// one of `open`, `message`, `close`. Audio is written as rate, length and digest; keys and tokens
/// are never written.
package struct Recorder: Sendable {
  /// Who said it.
  package enum Side: String, Sendable { case client, server }

  private let opened: Instant
  /// The rate of audio whose message names none, in samples per second.
  private let audioRate: Int

  package init(opened: Instant, audioRate: Int) {
    self.opened = opened
    self.audioRate = audioRate
  }

  package func line(opening request: Request, protocolName: String, at now: Instant) -> [UInt8] {
    var open: JSONObject = [
      "protocol": .string(protocolName),
      "target": .string(Redaction.target(request.target)),
    ]
    if !request.asksForWebSocket { open["method"] = .string(request.method) }
    if !request.body.isEmpty { open["body"] = text(request.body) }
    if let blob = request.blob?.blob {
      open["body"] = [
        "bytes": .int(blob.byteCount), "digest": .string("sha256:\(blob.hexDigest)"),
      ]
    }
    let headers = Redaction.headers(request.headers)
    if !headers.isEmpty {
      open["headers"] = .object(
        JSONObject(headers.map { JSONMember(name: $0.name, value: .string($0.value)) }))
    }
    return line(.client, "open", .object(open), at: now)
  }

  /// `keep` is shown every piece of audio the message holds.
  package func line(
    _ side: Side, _ message: Message, at now: Instant, keep: (AudioPiece) -> Void = { _ in }
  ) -> [UInt8] {
    let body: JSONValue =
      switch message.content {
      case .json(let value):
        AudioDigest.replaced(in: Redaction.body(value), rate: audioRate, keep: keep)
      case .bytes(let bytes): AudioDigest.summary(of: bytes)
      }
    let kind =
      switch message.opcode {
      case .text: "message"
      case .binary: "binary"
      }
    return line(side, kind, body, at: now)
  }

  package func line(_ side: Side, closing code: CloseCode?, reason: String, at now: Instant)
    -> [UInt8]
  {
    let code: JSONValue = code.map { .int(Int($0.rawValue)) } ?? .null
    return line(side, "close", ["code": code, "reason": .string(reason)], at: now)
  }

  /// The head of an HTTP answer, and its body where it is whole.
  package func line(answering response: Response, at now: Instant) -> [UInt8] {
    var answer: JSONObject = ["status": .int(response.status)]
    if !response.body.isEmpty { answer["body"] = text(response.body) }
    return line(.server, "answer", .object(answer), at: now)
  }

  /// A piece of a body. The events of a stream are told apart: name, identifier and data of each.
  package func line(streaming bytes: [UInt8], at now: Instant) -> [UInt8] {
    let events = ServerSentEventReader.events(in: bytes)
    switch events.count {
    case 0: return line(.server, "stream", text(bytes), at: now)
    case 1: return line(.server, "event", value(of: events[0]), at: now)
    default: return line(.server, "events", .array(events.map(value)), at: now)
    }
  }

  private func value(of event: ServerSentEventReader.Event) -> JSONValue {
    var value = JSONObject()
    if let name = event.name { value["name"] = .string(name) }
    if let id = event.id { value["id"] = .string(id) }
    value["data"] = text(Array(event.data.utf8))
    return .object(value)
  }

  /// The connection ends in a way no protocol knows: `reset`, `half_close`, `disconnect`, `abort`.
  package func line(ending word: String, at now: Instant) -> [UInt8] {
    line(.server, "end", .string(word), at: now)
  }

  /// Bytes outside of any frame or body.
  package func line(raw bytes: [UInt8], at now: Instant) -> [UInt8] {
    line(.server, "raw", AudioDigest.summary(of: bytes), at: now)
  }

  /// Something that was found out, as a line of a file of findings.
  package func line(noting members: JSONObject, at now: Instant) -> [UInt8] {
    JSONValue.object(
      JSONObject([JSONMember(name: "at", value: seconds(now - opened))] + members.members)
    ).encoded
  }

  private func text(_ bytes: [UInt8]) -> JSONValue {
    if let json = try? JSONValue(parsing: bytes) {
      return AudioDigest.replaced(in: Redaction.body(json), rate: audioRate)
    }
    return .string(String(decoding: bytes, as: UTF8.self))
  }

  private func line(_ side: Side, _ kind: String, _ body: JSONValue, at now: Instant) -> [UInt8] {
    let line: JSONValue = [
      "at": seconds(now - opened), "from": .string(side.rawValue), kind: body,
    ]
    return line.encoded
  }

  /// Seconds to the millisecond, as in `0.093`.
  private func seconds(_ duration: Duration) -> JSONValue {
    .double(Double(duration.milliseconds) / 1000)
  }
}
