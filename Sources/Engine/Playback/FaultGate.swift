import JSON
import Scenarios
import Wire

/// Lets through what a server sends until a fault happens.
struct FaultGate: Sendable {
  /// What becomes of a message.
  enum Passage {
    case through
    /// It goes through, and then the fault happens.
    case last(FaultPlan.Kind)
    /// The connection has gone silent.
    case swallowed
  }

  private let plan: FaultPlan
  private var messages = 0
  private var bytes = 0
  private var chunks = 0
  private var audio = Duration.zero
  private var hasHappened = false

  init(_ plan: FaultPlan) { self.plan = plan }

  /// Whether it goes on after the step: silence lasts.
  var isLasting: Bool { hasHappened }

  mutating func pass(_ message: Message) -> Passage {
    let audioBytes = message.json.map(FaultGate.audioBytes) ?? 0
    return pass(bytes: message.payload.count, audioBytes: audioBytes)
  }

  mutating func pass(bytes count: Int, audioBytes: Int = 0) -> Passage {
    if hasHappened { return .swallowed }
    messages += 1
    bytes += count
    if audioBytes > 0 { chunks += 1 }
    // Both services send 24 kHz PCM of 16 bits.
    audio += .seconds(Double(audioBytes) / 48_000)
    let isDue =
      switch plan.after {
      case .audio(let wanted): audioBytes > 0 && audio >= wanted
      case .audioChunks(let wanted): audioBytes > 0 && chunks >= wanted
      case .messages(let wanted): messages >= wanted
      case .bytes(let wanted): bytes >= wanted
      }
    guard isDue else { return .through }
    hasHappened = true
    return .last(plan.kind)
  }

  /// Audio is the one thing that messages share, and as long as four characters for three bytes.
  private static func audioBytes(in value: JSONValue) -> Int {
    switch value {
    case .shared(let text): text.bytes.count / 4 * 3
    case .array(let elements): elements.reduce(0) { $0 + audioBytes(in: $1) }
    case .object(let object): object.members.reduce(0) { $0 + audioBytes(in: $1.value) }
    case .null, .bool, .number, .string: 0
    }
  }
}
