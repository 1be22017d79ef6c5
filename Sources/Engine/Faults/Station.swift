import VirtualTime
import Wire

/// A fault at work in a line.
struct Station: Sendable {
  let number: Int
  let plan: FaultPlan
  /// Whoever put it there, to take it away again.
  let owner: String
  var fault: any Fault
  var begun: Instant?
  var acts = 0
  /// What it makes of the wire.
  var shape: Shape?
  private var passed = Count()
  private var markCount = 0
  /// A fault that goes on is marked when it begins; one that acts now and then, so often.
  private static let marksMax = 10

  /// What has passed.
  private struct Count: Sendable {
    var messages = 0
    var bytes = 0
    var audioChunks = 0
    var audio = Duration.zero
    var hasSeenEvent = false
  }

  init(number: Int, plan: FaultPlan, owner: String, fault: any Fault) {
    self.number = number
    self.plan = plan
    self.owner = owner
    self.fault = fault
  }

  var hasBegun: Bool { begun != nil }

  /// Whether one more mark is wanted.
  mutating func takeMark() -> Bool {
    let isOccasional = plan.times != nil || plan.probability < 1
    guard markCount < (isOccasional ? Self.marksMax : 1) else { return false }
    markCount += 1
    return true
  }

  func suits(_ medium: Medium) -> Bool { type(of: fault).media.contains(medium) }

  // MARK: - Time

  /// Whether it begins by itself, without anything passing.
  var isTimed: Bool {
    switch plan.after {
    case .time: true
    case nil: plan.during != nil && type(of: fault).outlastsItsStep || isEnding
    case .audio, .audioChunks, .messages, .bytes, .event: false
    }
  }

  /// Whether it is there to end connections: an outage ends those that are open, too.
  private var isEnding: Bool { plan.during != nil && type(of: fault).endsConnections }

  /// When it begins or its effect on the wire ends, where that is known.
  func deadline(_ opened: Instant, _ origin: Instant) -> Instant? {
    if begun == nil {
      guard isTimed else { return nil }
      if case .time(let duration) = plan.after { return opened + duration }
      // A window that was open already begins with what passes.
      guard let during = plan.during, origin + during.lowerBound > opened else { return nil }
      return origin + during.lowerBound
    }
    return shape == nil ? nil : end(origin)
  }

  /// When its time is over; nil for never.
  func end(_ origin: Instant) -> Instant? {
    guard let begun else { return nil }
    let ends = [plan.lasts.map { begun + $0 }, plan.during.map { origin + $0.upperBound }]
    return ends.compactMap(\.self).min()
  }

  func isInWindow(_ origin: Instant, _ now: Instant) -> Bool {
    guard let during = plan.during else { return true }
    return origin + during.lowerBound <= now && now < origin + during.upperBound
  }

  func isOver(_ origin: Instant, _ now: Instant) -> Bool {
    end(origin).map { $0 <= now } ?? false
  }

  // MARK: - Traffic

  /// Whether it has something to do with a message, chance aside.
  func concerns(_ kind: String?, at now: Instant) -> Bool {
    if let on = plan.on, on != kind { return false }
    if let times = plan.times, acts >= times { return false }
    if let lasts = plan.lasts, let begun, now >= begun + lasts { return false }
    return true
  }

  mutating func count(_ item: Passing, _ kind: String?) {
    if case .event(let event) = plan.after, event == kind { passed.hasSeenEvent = true }
    if item.isHead { return }
    let audio = item.audioBytes
    passed.messages += 1
    passed.bytes += item.byteCount
    if audio > 0 { passed.audioChunks += 1 }
    // Both services send 24 kHz PCM of 16 bits.
    passed.audio += .seconds(Double(audio) / 48_000)
  }

  var isDue: Bool {
    switch plan.after {
    case nil: true
    case .audio(let wanted): passed.audio >= wanted
    case .audioChunks(let wanted): passed.audioChunks >= wanted
    case .messages(let wanted): passed.messages >= wanted
    case .bytes(let wanted): passed.bytes >= wanted
    case .time: false
    case .event: passed.hasSeenEvent
    }
  }
}
