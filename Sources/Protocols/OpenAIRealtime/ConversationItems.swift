import Audio
import JSON
import VirtualTime

/// The items of a conversation, in order.
struct ConversationItems: Sendable {
  struct Item: Sendable {
    let id: String
    var json: JSONObject
    var audio: ItemAudio?
    let tokens: TokenCount

    init(id: String, json: JSONObject, audio: ItemAudio? = nil, tokens: TokenCount) {
      self.id = id
      self.json = json
      self.audio = audio
      self.tokens = tokens
    }
  }

  /// More than an hour of talk has. Beyond it the oldest are forgotten, as `truncation: auto` does
  /// with what the model has no room for.
  static let countMax = 4096
  /// What of the users' speech is kept for `conversation.item.retrieve`: three minutes of PCM.
  private static let speechBytesMax = 8 << 20

  private(set) var items: [Item] = []
  private var speechBytes = 0
  /// Everything the model reads before its next answer.
  private(set) var tokens = TokenCount()

  var lastID: String? { items.last?.id }

  func index(of id: String) -> Int? { items.lastIndex { $0.id == id } }

  /// Appends, and returns the id of the item before it.
  mutating func append(_ item: Item) -> String? { insert(item, at: items.count) }

  /// Inserts, and returns the id of the item before it.
  mutating func insert(_ item: Item, at index: Int) -> String? {
    var index = min(index, items.count)
    if items.count >= Self.countMax {
      remove(at: 0)
      index = max(0, index - 1)
    }
    items.insert(item, at: index)
    tokens = tokens + item.tokens
    speechBytes += item.audio?.ownBytes ?? 0
    forgetSpeech()
    return index > 0 ? items[index - 1].id : nil
  }

  mutating func remove(at index: Int) {
    let item = items.remove(at: index)
    tokens = tokens - item.tokens
    speechBytes -= item.audio?.ownBytes ?? 0
  }

  /// Puts the final form of an item where its first form stands.
  mutating func replace(_ item: Item) {
    guard let index = index(of: item.id) else { return }
    tokens = tokens - items[index].tokens + item.tokens
    items[index] = item
  }

  /// Changes the content of an item: a transcript that came, or one that was cut.
  mutating func setTranscript(_ text: JSONValue, of index: Int) {
    guard let part = items[index].json["content"]?.array?.first?.object else { return }
    var changed = part
    changed["transcript"] = text
    items[index].json["content"] = [.object(changed)]
  }

  mutating func cutAudio(of index: Int, to end: Duration) { items[index].audio?.duration = end }

  private mutating func forgetSpeech() {
    var index = 0
    while speechBytes > Self.speechBytesMax, index < items.count {
      let bytes = items[index].audio?.ownBytes ?? 0
      if bytes > 0 {
        items[index].audio = nil
        speechBytes -= bytes
      }
      index += 1
    }
  }
}

/// The sound of an item, for `conversation.item.retrieve`.
struct ItemAudio: Sendable {
  private enum Source: Sendable {
    /// What the client sent, in its format.
    case speech([UInt8])
    /// What the scenario plays; shared by all sessions.
    case clip(AudioClip)
  }

  private let source: Source
  let format: AudioFormat
  /// How much of it there is; truncation makes it less.
  var duration: Duration

  init(speech bytes: [UInt8], format: AudioFormat) {
    source = .speech(bytes)
    self.format = format
    duration = format.duration(bytes: bytes.count)
  }

  init(clip: AudioClip, duration: Duration, format: AudioFormat) {
    source = .clip(clip)
    self.format = format
    self.duration = duration
  }

  var isModel: Bool { if case .clip = source { true } else { false } }

  /// The bytes that only this item holds.
  var ownBytes: Int { if case .speech(let bytes) = source { bytes.count } else { 0 } }

  var base64: SharedText {
    switch source {
    case .speech(let bytes): return SharedText(base64: bytes[...])
    case .clip(let clip):
      let count = min(clip.bytes.count, AudioClip.format.bytes(milliseconds: duration.milliseconds))
      switch format {
      case .pcm16: return SharedText(base64: clip.bytes[..<count])
      case .g711(let law): return SharedText(base64: clip.telephone(law, 0..<count)[...])
      }
    }
  }
}
