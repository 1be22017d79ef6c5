package import VirtualTime
import Wire

/// Everything that is wrong with one direction of one connection: items go in, effects come out,
/// some of them later.
package struct FaultLine: Sendable {
  /// More delayed items than this, and the oldest goes out early: memory is bounded.
  private static let waitingMax = 10_000

  /// What is on its way, and the station it comes from.
  private struct Waiting: Sendable {
    let due: Instant
    let number: Int
    let effect: Effect
    let station: Int
  }

  private var stations: [Station] = []
  private var waiting: [Waiting] = []
  private var number = 0
  private var stationNumber = 0
  /// When the last item that keeps its place goes out.
  private var lastDue = Instant.start
  private var dice: Dice
  private let opened: Instant
  /// What `during` counts from.
  private let origin: Instant
  private var medium: Medium
  /// What the wire is like now.
  private var sentShape = Shape()

  /// `origin` is the time of the first connection of the client.
  package init(dice: Dice, opened: Instant, origin: Instant, isExchange: Bool) {
    self.dice = dice
    self.opened = opened
    self.origin = origin
    medium = isExchange ? .answer : .webSocket
  }

  /// The owners of faults that have replaced an answer, until somebody takes them.
  private var replacers: [String] = []

  package mutating func takeReplacers() -> [String] {
    defer { replacers = [] }
    return replacers
  }

  /// What faults did to what passed, in words, until somebody takes them.
  private var marks: [String] = []

  package mutating func takeMarks() -> [String] {
    defer { marks = [] }
    return marks
  }

  /// Whether any fault has begun; it stays true when that fault is taken away.
  package private(set) var hasBegun = false

  package var isEmpty: Bool { stations.isEmpty && waiting.isEmpty && shape == sentShape }

  /// Whether something is held back that will come.
  package var isHolding: Bool { !waiting.isEmpty }

  /// Whether a fault wants the head of an answer by itself.
  package var splitsAnswers: Bool {
    stations.contains { !$0.hasBegun && $0.plan.after == .event(Passing.headKind) }
  }

  /// When something is due without anything passing.
  package var deadline: Instant? {
    if shape != sentShape { return opened }
    let times = stations.compactMap { $0.deadline(opened, origin) }
    return (waiting.map(\.due) + times).min()
  }

  /// Puts a fault into the line. An unknown name is left out: plans are checked when they are read.
  package mutating func add(_ plan: FaultPlan, owner: String) {
    guard let type = FaultCatalogue.type(named: plan.name) else { return }
    stationNumber += 1
    stations.append(
      Station(number: stationNumber, plan: plan, owner: owner, fault: type.init(plan.values)))
  }

  /// Takes away what `owner` put there; what has become of the wire heals. At the end of a step,
  /// what outlasts it stays.
  package mutating func remove(owner: String, isStepOver: Bool = false) {
    stations.removeAll { station in
      let stays = isStepOver && station.hasBegun && type(of: station.fault).outlastsItsStep
      return station.owner == owner && !stays
    }
  }

  // MARK: - Traffic

  /// Sends an item through every fault. `kind` is what the wire calls a message.
  package mutating func pass(_ item: Passing, kind: String?, at now: Instant) -> [Effect] {
    switch item {
    case .head: medium = .stream
    case .response: medium = .answer
    case .upgrade, .message, .piece, .close, .finish: break
    }
    var items = [(Delayed(.pass(item)), 0)]
    for index in stations.indices {
      items = items.flatMap { delayed, station -> [(Delayed, Int)] in
        guard case .pass(let item) = delayed.effect else { return [(delayed, station)] }
        return pass(item, kind: kind, through: index, at: now).map {
          let whole = Delayed(
            $0.effect, after: delayed.delay + $0.delay,
            keepsOrder: delayed.keepsOrder && $0.keepsOrder)
          return (whole, stations[index].number)
        }
      }
    }
    return healed(at: now) + release(items, at: now)
  }

  /// What is due by now.
  package mutating func advance(to now: Instant) -> [Effect] {
    let healed = healed(at: now)
    var items: [(Delayed, Int)] = []
    for index in stations.indices
    where !stations[index].hasBegun && stations[index].isTimed && stations[index].suits(medium) {
      guard let begin = stations[index].deadline(opened, origin), begin <= now else { continue }
      items += self.begin(index, nil, at: now).map { ($0, stations[index].number) }
    }
    return healed + release(items, at: now)
  }

  private mutating func pass(
    _ item: Passing, kind: String?, through index: Int, at now: Instant
  ) -> [Delayed] {
    let untouched = [Delayed(.pass(item))]
    let station = stations[index]
    guard station.suits(medium), station.isInWindow(origin, now) else { return untouched }
    var before: [Delayed] = []
    if !station.hasBegun, station.plan.after == nil {
      if item.isHead, !type(of: station.fault).touchesHeads { return untouched }
      before = begin(index, kind, at: now)
    }
    guard stations[index].hasBegun else {
      stations[index].count(item, kind)
      guard stations[index].isDue else { return untouched }
      return untouched + begin(index, kind, at: now)
    }
    if item.isHead, !type(of: station.fault).touchesHeads { return untouched }
    guard stations[index].concerns(kind, at: now) else { return before + untouched }
    if station.plan.probability < 1, dice.fraction() >= station.plan.probability {
      return before + untouched
    }
    stations[index].acts += 1
    if type(of: station.fault).replacesAnswers { replacers.append(station.owner) }
    let becomes = stations[index].fault.pass(item, rolling: &dice)
    if becomes != untouched { mark(index, becomes, of: item, kind) }
    return before + becomes
  }

  private mutating func begin(_ index: Int, _ kind: String?, at now: Instant) -> [Delayed] {
    hasBegun = true
    stations[index].begun = now
    let effects = stations[index].fault.begin(on: medium, rolling: &dice)
    if !effects.isEmpty { mark(index, effects, of: nil, kind) }
    return effects
  }

  /// Remembers that a fault acts. What it does to the connection itself tells of itself.
  private mutating func mark(
    _ index: Int, _ effects: [Delayed], of item: Passing?, _ kind: String?
  ) {
    let own = effects.filter { !$0.effect.isOfConnection }
    if own.isEmpty, !effects.isEmpty { return }
    if let item, own == [Delayed(.pass(item))] { return }
    guard stations[index].takeMark() else { return }
    let what = kind ?? item?.words ?? "the connection"
    marks.append("\(stations[index].plan.name): \(what)")
  }

  // MARK: - The shape of the wire

  /// A shape is a whole: what every fault makes of it.
  private var shape: Shape {
    stations.compactMap(\.shape).reduce(into: Shape()) { $0.take($1) }
  }

  /// The wire heals where the time of a fault is over.
  private mutating func healed(at now: Instant) -> [Effect] {
    for index in stations.indices where stations[index].isOver(origin, now) {
      stations[index].shape = nil
    }
    if shape == sentShape { return [] }
    sentShape = shape
    return [.shape(shape)]
  }

  // MARK: - Waiting

  private mutating func release(_ items: [(Delayed, Int)], at now: Instant) -> [Effect] {
    var thaw = stations.filter { $0.shape?.bytesPerSecond == 0 }.compactMap { $0.end(origin) }.max()
    for (item, number) in items {
      var due = now + item.delay
      switch item.effect {
      case .shape(let shape):
        let station = stations.first { $0.number == number }
        if shape.bytesPerSecond == 0 { thaw = station?.end(origin) }
      // A handshake is answered at once: the wire holds it back.
      case .pass(.upgrade): break
      // The rest waits here, and not on the wire: an exchange that is over cannot thaw.
      case .pass, .raw, .reset, .halfClose, .disconnect, .abort: due = max(due, thaw ?? due)
      }
      if item.keepsOrder {
        due = max(due, lastDue)
        lastDue = due
      }
      self.number += 1
      waiting.append(
        Waiting(due: due, number: self.number, effect: item.effect, station: number))
    }
    waiting.sort { ($0.due, $0.number) < ($1.due, $1.number) }
    var released: [Effect] = []
    var count = 0
    while count < waiting.count,
      waiting[count].due <= now || waiting.count - count > Self.waitingMax
    {
      released.append(reshaped(waiting[count]))
      count += 1
    }
    waiting.removeFirst(count)
    return released
  }

  private mutating func reshaped(_ item: Waiting) -> Effect {
    guard case .shape(let change) = item.effect else { return item.effect }
    if let index = stations.firstIndex(where: { $0.number == item.station }) {
      stations[index].shape = change
    }
    sentShape = shape
    return .shape(shape)
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
