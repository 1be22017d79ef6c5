import Conversation
import Faults
import JSON
import VirtualTime

/// What one scenario remembers of one API key: it outlives connections, and `reset` forgets it.
struct Memory: Sendable {
  /// What the protocols keep.
  var namespace: Namespace
  /// What scenarios captured.
  var captures = JSONObject()
  /// How many connections or exchanges each protocol had.
  private var counts: [String: Int] = [:]
  /// Where conversations over HTTP stand, by the name a client goes on with.
  private var threads: [String: Cursor] = [:]
  /// A ring of their names; once it is full, `oldestThread` is the place of the one to go next.
  private var threadNames: [String] = []
  private var oldestThread = 0
  /// A script that waits for its client to come back, by protocol.
  private var parked: [String: (cursor: Cursor, since: Instant)] = [:]
  /// How often each route was called, by its place and what calls are counted by.
  private var calls: [CallKey: Int] = [:]

  private struct CallKey: Hashable {
    let route: String
    let counted: String
  }

  /// What routes remember, by what they say it is kept by.
  private var states: [String: JSONObject] = [:]
  private var stateNames: [String] = []
  /// How often each fault has replaced an answer, by its owner.
  private var faultCounts: [String: Int] = [:]
  /// When the first connection was opened.
  private var origin: Instant?

  /// More conversations than any test has; the oldest is forgotten first.
  private static let threadsMax = 10_000
  private static let countedCallsMax = 100_000

  init(_ namespace: Namespace) { self.namespace = namespace }

  /// When the first connection was opened; now, if this is it.
  mutating func origin(at now: Instant) -> Instant {
    let first = origin ?? now
    origin = first
    return first
  }

  /// Which connection of its protocol this is, from 1.
  mutating func count(_ protocolName: String) -> Int {
    counts[protocolName, default: 0] += 1
    return counts[protocolName, default: 0]
  }

  mutating func countFault(of owner: String) { faultCounts[owner, default: 0] += 1 }

  /// Whether a fault that replaces answers has done so as often as it may.
  func isSpent(_ plan: FaultPlan, of owner: String) -> Bool {
    guard let times = plan.times else { return false }
    return faultCounts[owner, default: 0] >= times
  }

  var isParked: Bool { !parked.isEmpty }

  /// The scripts that wait for their client to come back, by the name of their protocol.
  var parkedCursors: [(protocolName: String, cursor: Cursor)] {
    parked.sorted { $0.key < $1.key }.map { ($0.key, $0.value.cursor) }
  }

  mutating func park(_ cursor: Cursor, of protocolName: String, at now: Instant) {
    parked[protocolName] = (cursor, now)
  }

  mutating func unpark(_ protocolName: String) -> (cursor: Cursor, since: Instant)? {
    parked.removeValue(forKey: protocolName)
  }

  mutating func remember(_ cursor: Cursor, as name: String) {
    guard threads.updateValue(cursor, forKey: name) == nil else { return }
    if threadNames.count < Self.threadsMax { return threadNames.append(name) }
    threads[threadNames[oldestThread]] = nil
    threadNames[oldestThread] = name
    oldestThread = (oldestThread + 1) % Self.threadsMax
  }

  func thread(_ name: String) -> Cursor? { threads[name] }

  /// What routes remember of `name`; the oldest is forgotten where there are too many.
  func state(_ name: String) -> JSONObject { states[name] ?? [:] }

  mutating func keep(_ state: JSONObject, as name: String) {
    if states.updateValue(state, forKey: name) == nil { stateNames.append(name) }
    if stateNames.count > Self.threadsMax { states[stateNames.removeFirst()] = nil }
  }

  /// Calls that were counted by the same name begin anew with it.
  mutating func forgetState(_ name: String) {
    if states.removeValue(forKey: name) != nil { stateNames.removeAll { $0 == name } }
    calls = calls.filter { $0.key.counted != name }
  }

  /// How often a route was called before, of the calls that are counted alike.
  mutating func call(_ route: String, countedBy counted: String) -> Int {
    let key = CallKey(route: route, counted: counted)
    if calls.count >= Self.countedCallsMax { calls = [:] }
    defer { calls[key, default: 0] += 1 }
    return calls[key, default: 0]
  }
}
