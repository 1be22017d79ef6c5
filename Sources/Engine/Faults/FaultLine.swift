package import VirtualTime
import Wire

/// Everything that is wrong with one direction of one connection: items go in, effects come out,
/// some of them later.
package struct FaultLine: Sendable {
  /// A fault at work.
  private struct Station: Sendable {
    let plan: FaultPlan
    /// Whoever put it there, to take it away again.
    let owner: String
    var fault: any Fault
    var count = Count()
    var hasBegun = false
    var begun: Instant?
    var acts = 0
  }

  /// What has passed.
  private struct Count: Sendable {
    var messages = 0
    var bytes = 0
    var audioChunks = 0
    var audio = Duration.zero
    var hasSeenEvent = false
  }

  /// More delayed items than this, and the oldest goes out early: memory is bounded.
  private static let waitingMax = 10_000

  private var stations: [Station] = []
  private var waiting: [(due: Instant, number: Int, effect: Effect)] = []
  private var number = 0
  /// When the last item that keeps its place goes out.
  private var lastDue = Instant.start
  private var dice: Dice
  private var shape = Shape()
  private let opened: Instant

  package init(dice: Dice, opened: Instant) {
    self.dice = dice
    self.opened = opened
  }

  /// Whether any fault has begun; it stays true when that fault is taken away.
  package private(set) var hasBegun = false

  package var isEmpty: Bool { stations.isEmpty && waiting.isEmpty }

  /// When something is due without anything passing.
  package var deadline: Instant? {
    let times = stations.compactMap { station -> Instant? in
      guard !station.hasBegun, case .time(let duration) = station.plan.after else { return nil }
      return opened + duration
    }
    return (waiting.map(\.due) + times).min()
  }

  /// Puts a fault into the line. An unknown name is left out: plans are checked when they are read.
  package mutating func add(_ plan: FaultPlan, owner: String) {
    guard let type = FaultCatalogue.type(named: plan.name) else { return }
    stations.append(Station(plan: plan, owner: owner, fault: type.init(plan.values)))
  }

  /// Takes away what `owner` put there. At the end of a step, what outlasts it stays.
  package mutating func remove(owner: String, isStepOver: Bool = false) {
    stations.removeAll { station in
      let stays = isStepOver && station.hasBegun && type(of: station.fault).outlastsItsStep
      return station.owner == owner && !stays
    }
  }

  // MARK: - Traffic

  /// Sends an item through every fault. `kind` is what the wire calls a message.
  package mutating func pass(_ item: Passing, kind: String?, at now: Instant) -> [Effect] {
    var items = [Delayed(.pass(item))]
    var index = 0
    while index < stations.count {
      items = items.flatMap { delayed -> [Delayed] in
        guard case .pass(let item) = delayed.effect else { return [delayed] }
        return pass(item, kind: kind, through: index, at: now).map {
          Delayed(
            $0.effect, after: delayed.delay + $0.delay,
            keepsOrder: delayed.keepsOrder && $0.keepsOrder)
        }
      }
      index += 1
    }
    return release(items, at: now)
  }

  /// What is due by now.
  package mutating func advance(to now: Instant) -> [Effect] {
    var items: [Delayed] = []
    for index in stations.indices where !stations[index].hasBegun {
      guard case .time(let duration) = stations[index].plan.after, opened + duration <= now else {
        continue
      }
      items += begin(index, at: now)
    }
    return release(items, at: now)
  }

  private mutating func pass(
    _ item: Passing, kind: String?, through index: Int, at now: Instant
  ) -> [Delayed] {
    var before: [Delayed] = []
    if !stations[index].hasBegun, stations[index].plan.after == nil {
      before = begin(index, at: now)
    }
    guard stations[index].hasBegun else {
      count(item, kind, at: index)
      guard isDue(index) else { return [Delayed(.pass(item))] }
      return [Delayed(.pass(item))] + begin(index, at: now)
    }
    guard acts(on: kind, at: index, now) else { return before + [Delayed(.pass(item))] }
    stations[index].acts += 1
    return before + stations[index].fault.pass(item, rolling: &dice)
  }

  private mutating func begin(_ index: Int, at now: Instant) -> [Delayed] {
    stations[index].hasBegun = true
    hasBegun = true
    stations[index].begun = now
    return stations[index].fault.begin(rolling: &dice)
  }

  private mutating func acts(on kind: String?, at index: Int, _ now: Instant) -> Bool {
    let station = stations[index]
    if let on = station.plan.on, on != kind { return false }
    if let times = station.plan.times, station.acts >= times { return false }
    if let lasts = station.plan.lasts, let begun = station.begun, now >= begun + lasts {
      return false
    }
    return station.plan.probability >= 1 || dice.fraction() < station.plan.probability
  }

  private mutating func count(_ item: Passing, _ kind: String?, at index: Int) {
    let audio = item.audioBytes
    stations[index].count.messages += 1
    stations[index].count.bytes += item.byteCount
    if audio > 0 { stations[index].count.audioChunks += 1 }
    // Both services send 24 kHz PCM of 16 bits.
    stations[index].count.audio += .seconds(Double(audio) / 48_000)
    if case .event(let event) = stations[index].plan.after, event == kind {
      stations[index].count.hasSeenEvent = true
    }
  }

  private func isDue(_ index: Int) -> Bool {
    let count = stations[index].count
    switch stations[index].plan.after {
    case nil: return true
    case .audio(let wanted): return count.audio >= wanted
    case .audioChunks(let wanted): return count.audioChunks >= wanted
    case .messages(let wanted): return count.messages >= wanted
    case .bytes(let wanted): return count.bytes >= wanted
    case .time: return false
    case .event: return count.hasSeenEvent
    }
  }

  // MARK: - Waiting

  private mutating func release(_ items: [Delayed], at now: Instant) -> [Effect] {
    for var item in items {
      if case .shape(let change) = item.effect {
        // A shape is a whole: what others changed before stays.
        shape.take(change)
        item = Delayed(.shape(shape), after: item.delay, keepsOrder: item.keepsOrder)
      }
      var due = now + item.delay
      if item.keepsOrder {
        due = max(due, lastDue)
        lastDue = due
      }
      number += 1
      waiting.append((due, number, item.effect))
    }
    waiting.sort { ($0.due, $0.number) < ($1.due, $1.number) }
    var released: [Effect] = []
    var count = 0
    while count < waiting.count,
      waiting[count].due <= now || waiting.count - count > Self.waitingMax
    {
      released.append(waiting[count].effect)
      count += 1
    }
    waiting.removeFirst(count)
    return released
  }
}

extension Shape {
  /// Takes over what `change` says, and nothing else.
  fileprivate mutating func take(_ change: Shape) {
    if let rate = change.bytesPerSecond { bytesPerSecond = rate }
    if let piece = change.pieceBytes { pieceBytes = piece }
    if change.isDeaf { isDeaf = true }
    if change.pongs != .sent { pongs = change.pongs }
  }
}
