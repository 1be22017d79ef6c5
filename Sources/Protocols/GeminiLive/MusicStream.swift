import Audio
import Conversation
import JSON
import VirtualTime

/// Music without end: the clip the scenario gave last, again and again, while the client plays.
///
///     stopped --PLAY--> waiting for a clip --clip--> playing <--PAUSE, PLAY--> paused
///         '<-------------------------- STOP -------------'
struct MusicStream: Sendable {
  /// A frame of base64 stays far below the megabyte that google-genai for Python takes.
  private static let chunkMilliseconds = 1000

  private let pace: Pace
  var prompts: [JSONValue] = []
  var configuration: JSONObject = [:]
  private(set) var isPlaying = false
  private var clip: AudioClip?
  /// In bytes of the clip.
  private var position = 0
  /// Whether the clip is played for the first time, and the scenario waits for its end.
  private var isFirstTime = false
  private var isPerformed = false
  private var chunkDue: Instant?

  init(pace: Pace) { self.pace = pace }

  var due: Instant? { isPlaying && clip != nil ? chunkDue : nil }

  /// True when there is nothing to play yet, so that the scenario has to be asked.
  mutating func play(at now: Instant) -> Bool {
    if isPlaying { return false }
    isPlaying = true
    chunkDue = now + pace.latency(Latencies.firstOutput)
    return clip == nil
  }

  mutating func pause() { isPlaying = false }

  /// Forgets the music; true when that cuts a clip the scenario waits for.
  mutating func stop() -> Bool {
    defer { isFirstTime = false }
    isPlaying = false
    clip = nil
    position = 0
    return isFirstTime
  }

  mutating func rewind() { position = 0 }

  mutating func change(to speech: Speech, at now: Instant) {
    let clip = speech.audio ?? AudioClip.hum(for: speech.text ?? "")
    self.clip = clip.bytes.isEmpty ? nil : clip
    isPerformed = clip.bytes.isEmpty
    isFirstTime = !isPerformed
    position = 0
    chunkDue = chunkDue.map { max($0, now) } ?? now + pace.latency(Latencies.firstOutput)
  }

  /// Whether the clip was played to its end for the first time since this was asked.
  mutating func takePerformed() -> Bool {
    defer { isPerformed = false }
    return isPerformed
  }

  /// The next chunk, with what it was made from.
  mutating func next(at due: Instant) -> JSONValue? {
    guard let clip else { return nil }
    let end = min(
      clip.bytes.count, position + AudioClip.format.bytes(milliseconds: Self.chunkMilliseconds))
    let bytes = Self.wide(clip.bytes[position..<end])
    let length = AudioClip.format.duration(bytes: end - position)
    position = end
    // What is repeated comes no faster than it plays: where nothing waits it would never end.
    let gap = pace.gap(after: length, service: length)
    chunkDue = due + (isFirstTime ? gap : max(gap, length))
    if end == clip.bytes.count {
      position = 0
      isPerformed = isFirstTime
      isFirstTime = false
    }
    var source: JSONObject = [:]
    if !prompts.isEmpty { source["clientContent"] = ["weightedPrompts": .array(prompts)] }
    if !configuration.isEmpty { source["musicGenerationConfig"] = .object(configuration) }
    return [
      "data": .shared(SharedText(base64: bytes[...])),
      "mimeType": "audio/l16;rate=48000;channels=2", "sourceMetadata": .object(source),
    ]
  }

  /// 24 kHz and one channel to 48 kHz and two: each sample four times.
  private static func wide(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var wide: [UInt8] = []
    wide.reserveCapacity(4 * bytes.count)
    var index = bytes.startIndex
    while index + 1 < bytes.endIndex {
      for _ in 0..<4 {
        wide.append(bytes[index])
        wide.append(bytes[index + 1])
      }
      index += 2
    }
    return wide
  }
}
