package import JSON

/// One thing that happened on a connection, as a comparison sees it.
///
/// Audio of one kind that comes in a row is one event, since how it is cut says little.
package struct TranscriptEvent: Hashable, Sendable {
  package enum Lane: String, Sendable { case client, server }

  package let lane: Lane
  /// The wire's own word, such as `response.done`, or `open`, `close`, `reset`, `answer`.
  package let name: String
  /// Without its time.
  package let body: JSONValue
  /// The body with identifiers that say of what kind they are, and not which: one event more would
  /// change the count of all that follow.
  let shape: JSONValue
  /// Where it begins in the file, from 1.
  package let line: Int
  /// How many messages it stands for.
  package private(set) var count = 1
  /// Milliseconds of audio.
  package private(set) var audio: Int
  /// One for each piece of audio.
  package private(set) var digests: [String]

  /// Who said it and what it is: two events of the same key may be the same thing, changed.
  package var key: String { "\(lane.rawValue) \(name)" }

  /// Equal events say the same, wherever they stand.
  package static func == (left: TranscriptEvent, right: TranscriptEvent) -> Bool {
    left.lane == right.lane && left.name == right.name && left.shape == right.shape
      && left.audio == right.audio && left.digests == right.digests
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(lane)
    hasher.combine(name)
    hasher.combine(shape)
    hasher.combine(digests)
  }

  /// The events of normalised lines. `kind` is the protocols' name for a message.
  package static func events(
    of transcript: Transcript, kind: (_ protocolName: String, JSONValue) -> String?
  ) -> [TranscriptEvent] {
    var events: [TranscriptEvent] = []
    var protocolName = ""
    for (index, line) in transcript.lines.enumerated() {
      if let name = line["open"]?["protocol"]?.string { protocolName = name }
      let event = TranscriptEvent(line, number: index + 1) { kind(protocolName, $0) }
      guard let event else { continue }
      if let last = events.last, last.joins(event) {
        events[events.count - 1].append(event)
      } else {
        events.append(event)
      }
    }
    return events
  }

  private init?(_ line: JSONValue, number: Int, kind: (JSONValue) -> String?) {
    guard let object = line.object, let lane = line["from"]?.string.flatMap(Lane.init),
      let member = object.members.first(where: { $0.name != "at" && $0.name != "from" })
    else { return nil }
    self.lane = lane
    self.line = number
    body = member.value
    shape = member.value.blurred
    switch member.name {
    case "message", "binary", "stream":
      name =
        kind(member.value) ?? member.value["type"]?.string
        ?? member.value.object?.names.first ?? member.name
    default: name = member.name
    }
    var digests: [String] = []
    audio = Self.audio(in: member.value, &digests)
    self.digests = digests
  }

  /// Whether `next` goes on with the same stream of audio.
  func joins(_ next: TranscriptEvent) -> Bool {
    audio > 0 && next.audio > 0 && lane == next.lane && name == next.name
      && shape.withoutAudio == next.shape.withoutAudio
  }

  mutating func append(_ next: TranscriptEvent) {
    count += next.count
    audio += next.audio
    digests += next.digests
  }

  /// The milliseconds of audio in a recorded message.
  package static func audio(in value: JSONValue) -> Int {
    var digests: [String] = []
    return audio(in: value, &digests)
  }

  private static func audio(in value: JSONValue, _ digests: inout [String]) -> Int {
    if let digest = value["digest"]?.string, let milliseconds = value["ms"]?.integer {
      digests.append(digest)
      return milliseconds
    }
    let inner = value.object?.members.map(\.value) ?? value.array ?? []
    var sum = 0
    for element in inner { sum += audio(in: element, &digests) }
    return sum
  }
}

extension JSONValue {
  /// `item#3` as `item#`.
  var blurred: JSONValue {
    switch self {
    case .null, .bool, .number, .shared: self
    case .string(let text): .string(Normalizer.prefix(ofName: text) ?? text)
    case .array(let elements): .array(elements.map(\.blurred))
    case .object(let object):
      .object(
        JSONObject(
          object.members.map { JSONMember(name: $0.name, value: $0.value.blurred) }))
    }
  }

  /// With the rate alone of audio.
  var withoutAudio: JSONValue {
    switch self {
    case .null, .bool, .number, .string, .shared: return self
    case .array(let elements): return .array(elements.map(\.withoutAudio))
    case .object(let object):
      if object["digest"] != nil, let rate = object["rate"] { return ["rate": rate] }
      return .object(
        JSONObject(
          object.members.map { JSONMember(name: $0.name, value: $0.value.withoutAudio) }))
    }
  }
}
