import Audio
import JSON

/// How the sound of an answer is coded (Interactions API reference, "AudioResponseFormat").
///
/// Nothing that compresses is made here: whoever asks for it gets plain samples.
enum SoundFormat: String, CaseIterable, Sendable {
  case samples = "audio/l16"
  case wave = "audio/wav"
  case muLaw = "audio/mulaw"
  case aLaw = "audio/alaw"

  var rate: Int {
    switch self {
    case .samples, .wave: AudioClip.format.rate
    case .muLaw, .aLaw: 8_000
    }
  }

  /// The clip as one content.
  func whole(_ clip: AudioClip) -> [JSONObject] {
    chunks(clip, by: Interactions.wholeClip).map(\.content)
  }

  /// The clip as contents that follow each other, and how long each plays.
  func chunks(_ clip: AudioClip, by chunking: Chunking) -> [(content: JSONObject, length: Duration)]
  {
    var start = 0
    return clip.chunks(by: chunking).map { chunk in
      let range = start..<(start + chunk.byteCount)
      start = range.upperBound
      return (content(data(chunk, range, of: clip)), chunk.duration)
    }
  }

  private func content(_ data: SharedText) -> JSONObject {
    [
      "type": "audio", "mime_type": .string(rawValue), "sample_rate": .int(rate), "channels": 1,
      "data": .shared(data),
    ]
  }

  private func data(_ chunk: AudioChunk, _ range: Range<Int>, of clip: AudioClip) -> SharedText {
    switch self {
    case .samples: return chunk.base64
    case .wave:
      let head = range.lowerBound == 0 ? Self.head(of: clip) : []
      return SharedText(base64: (head + clip.bytes[range])[...])
    case .muLaw: return SharedText(base64: clip.telephone(.mu, range)[...])
    case .aLaw: return SharedText(base64: clip.telephone(.a, range)[...])
    }
  }

  /// RIFF and WAVE, a format chunk for PCM of one channel, and the head of the data chunk.
  private static func head(of clip: AudioClip) -> [UInt8] {
    let size = clip.bytes.count
    let rate = AudioClip.format.rate
    return Array("RIFF".utf8) + littleEndian(36 + size, 4) + Array("WAVEfmt ".utf8)
      + littleEndian(16, 4) + littleEndian(1, 2) + littleEndian(1, 2) + littleEndian(rate, 4)
      + littleEndian(rate * 2, 4) + littleEndian(2, 2) + littleEndian(16, 2)
      + Array("data".utf8) + littleEndian(size, 4)
  }

  private static func littleEndian(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

extension CreateRequest {
  /// The audio among the response formats.
  private var audioFormat: JSONValue? {
    let formats = body["response_format"]
    return (formats?.array ?? formats.map { [$0] } ?? []).first { $0["type"] == "audio" }
  }

  var soundFormat: SoundFormat {
    audioFormat?["mime_type"]?.string.flatMap(SoundFormat.init(rawValue:)) ?? .samples
  }

  /// What was asked for of the sound and is not to be had, for the log.
  var missedSound: String? {
    let type = audioFormat?["mime_type"]?.string ?? soundFormat.rawValue
    let rate = audioFormat?["sample_rate"]?.integer ?? soundFormat.rate
    if type == soundFormat.rawValue, rate == soundFormat.rate { return nil }
    return "the request asks for \(type) at \(rate) Hz, which is not made here: the answer is "
      + "\(soundFormat.rawValue) at \(soundFormat.rate) Hz"
  }
}
