import Audio
package import Conversation
package import JSON
package import Transcripts
package import Wire

/// The client of a recording, on paper: it sends what was sent, stretch by stretch.
package struct RecordedClient: ScriptedClient {
  /// How each of its connections was opened; exchanges hold nothing else.
  private var openings: [JSONValue]
  private var stretches: [[JSONValue]] = []
  private let audio: [String: String]
  /// Stands for speech whose sound was not kept.
  private var voice = Voice.utterance(rate: 24_000)[...]

  /// One connection, or exchanges in a row, and the audio that was kept of them.
  package init(_ transcript: Transcript, audio pieces: [AudioPiece]) {
    openings = transcript.lines.compactMap { $0["open"] }
    let end = transcript.lines.dropFirst().firstIndex { $0["open"] != nil }
    let lines = transcript.lines[..<(end ?? transcript.lines.endIndex)]
    audio = Dictionary(pieces.map { ($0.digest, $0.base64) }) { first, _ in first }
    var isClients = false
    for line in lines.dropFirst() {
      let message = line["from"] == "client" ? line["message"] : nil
      if let message {
        if isClients {
          stretches[stretches.count - 1].append(message)
        } else {
          stretches.append([message])
        }
      }
      isClients = message != nil
    }
  }

  package var hasMore: Bool { !stretches.isEmpty }

  package mutating func open() -> Request? {
    guard !openings.isEmpty else { return nil }
    let opening = openings.removeFirst()
    guard let target = opening["target"]?.string else { return nil }
    var headers = (opening["headers"]?.object?.members ?? []).map { member in
      Header(member.name, (member.value.string ?? "").replacing(Redaction.mark, with: "key"))
    }
    let isExchange = opening["method"] != nil
    if !isExchange { headers.append(Header("Upgrade", "websocket")) }
    let body = opening["body"].map { $0.string.map { Array($0.utf8) } ?? $0.encoded }
    return Request(
      method: opening["method"]?.string ?? "GET",
      target: target.replacing(Redaction.mark, with: "key"), headers: headers, body: body ?? [])
  }

  package mutating func receive(_ message: JSONValue) {}

  package mutating func act(_ need: ClientNeed) -> [ClientMove] {
    guard !stretches.isEmpty else { return [] }
    var moves: [ClientMove] = []
    for message in stretches.removeFirst() { moves.append(.send(sounding(message))) }
    return moves
  }

  /// With its audio in place of the digests.
  private mutating func sounding(_ value: JSONValue) -> JSONValue {
    switch value {
    case .null, .bool, .number, .string, .shared: return value
    case .array(let elements):
      var sounding: [JSONValue] = []
      for element in elements { sounding.append(self.sounding(element)) }
      return .array(sounding)
    case .object(let object):
      if let digest = object["digest"]?.string, let count = object["bytes"]?.integer {
        return .string(audio[digest] ?? speech(of: count))
      }
      var members: [JSONMember] = []
      for member in object.members {
        members.append(JSONMember(name: member.name, value: sounding(member.value)))
      }
      return .object(JSONObject(members))
    }
  }

  private mutating func speech(of count: Int) -> String {
    let bytes = Array(voice.prefix(count))
    voice = voice.dropFirst(count)
    let silence = [UInt8](repeating: 0, count: max(0, min(count, 1 << 20) - bytes.count))
    return String(decoding: Base64.encode(bytes + silence), as: UTF8.self)
  }
}
