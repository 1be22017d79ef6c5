import JSON
import VirtualTime

/// Tokens by modality.
struct TokenCount: Hashable, Sendable {
  var text = 0
  var image = 0
  var audio = 0
  var video = 0
  var document = 0

  var total: Int { text + image + audio + video + document }

  static func += (left: inout TokenCount, right: TokenCount) {
    left.text += right.text
    left.image += right.image
    left.audio += right.audio
    left.video += right.video
    left.document += right.document
  }

  /// Understand and count tokens: about four characters a token.
  static func text(_ text: String) -> Int { text.isEmpty ? 0 : max(1, (text.count + 3) / 4) }

  /// What a file of so many bytes is worth: 258 tokens an image or a page, 32 a second of audio and
  /// 263 a second of video. How long media plays and how many pages there are is guessed from the
  /// size: 16 kB a second, 1 Mbit/s, 50 kB a page.
  init(media mimeType: String, bytes: Int) {
    switch mimeType.split(separator: "/").first {
    case "image": image = 258
    case "audio": audio = max(1, bytes / 16_000) * 32
    case "video": video = Self.videoSeconds(bytes: bytes) * 263
    case "text": text = (bytes + 3) / 4
    default: document = max(1, bytes / 50_000) * 258
    }
  }

  static func audio(_ duration: Duration) -> Int { (duration.milliseconds * 32 + 999) / 1000 }

  static func videoSeconds(bytes: Int) -> Int { max(1, bytes / 125_000) }

  init(text: Int = 0) { self.text = text }

  /// `[ModalityTokenCount]`.
  var details: JSONValue {
    let counts = [
      ("TEXT", text), ("IMAGE", image), ("VIDEO", video), ("AUDIO", audio), ("DOCUMENT", document),
    ]
    return .array(
      counts.filter { $0.1 > 0 }.map {
        ["modality": .string($0.0), "tokenCount": .int($0.1)]
      })
  }
}
