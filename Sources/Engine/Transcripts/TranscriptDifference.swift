package import JSON

/// What changed between two transcripts, in the words of their protocol.
package struct TranscriptDifference: Hashable, Sendable {
  package enum Change: Hashable, Sendable {
    case missing(TranscriptEvent)
    case added(TranscriptEvent)
    /// The same event, at another place among those of its side.
    case moved(expected: TranscriptEvent, actual: TranscriptEvent)
    /// An event of the same kind that says something else.
    case changed(expected: TranscriptEvent, actual: TranscriptEvent, [FieldChange])
  }

  /// What is compared.
  package enum Order: Sendable {
    /// The order of everything, as two runs in virtual time have it.
    case total
    /// The order of what the client did, and the order of what the server did: how the two mesh is
    /// a matter of real time.
    case sides
  }

  /// In the order of the lines they are about.
  package let changes: [Change]

  /// Compares the normalised lines; ids, times and random fill do not count.
  package init(
    expected: Transcript, actual: Transcript, order: Order = .total,
    kind: (_ protocolName: String, JSONValue) -> String? = { _, _ in nil }
  ) {
    let left = TranscriptEvent.events(of: expected.normalized, kind: kind)
    let right = TranscriptEvent.events(of: actual.normalized, kind: kind)
    switch order {
    case .total: changes = Self.changes(left, right)
    case .sides:
      let sides = [TranscriptEvent.Lane.client, .server].map { lane in
        Self.changes(
          TranscriptEvent.joined(left.filter { $0.lane == lane }),
          TranscriptEvent.joined(right.filter { $0.lane == lane }))
      }
      changes = Self.sorted(sides.flatMap { $0 })
    }
  }

  package var isEmpty: Bool { changes.isEmpty }

  private static func changes(_ expected: [TranscriptEvent], _ actual: [TranscriptEvent])
    -> [Change]
  {
    var removed: [(place: Int, event: TranscriptEvent)] = []
    var inserted: [(place: Int, event: TranscriptEvent)] = []
    for change in actual.difference(from: expected) {
      switch change {
      case .remove(let place, let event, _): removed.append((place, event))
      case .insert(let place, let event, _): inserted.append((place, event))
      }
    }
    removed.sort { $0.place < $1.place }
    var changes: [Change] = []
    var names = Names()
    let isGone = Set(removed.map(\.place))
    let isNew = Set(inserted.map(\.place))
    let kept = zip(
      expected.indices.filter { !isGone.contains($0) },
      actual.indices.filter { !isNew.contains($0) })
    for (left, right) in kept {
      let fields = names.conflicts(expected[left].body, actual[right].body)
      if fields.isEmpty { continue }
      changes.append(.changed(expected: expected[left], actual: actual[right], fields))
    }
    removed.removeAll { old in
      guard let index = inserted.firstIndex(where: { $0.event == old.event }) else { return false }
      changes.append(.moved(expected: old.event, actual: inserted[index].event))
      inserted.remove(at: index)
      return true
    }
    // Of what is left, the first of a kind that went is the first of that kind that came.
    removed.removeAll { old in
      guard let index = inserted.firstIndex(where: { $0.event.key == old.event.key }) else {
        return false
      }
      let new = inserted.remove(at: index).event
      changes.append(
        .changed(
          expected: old.event, actual: new, FieldChange.changes(from: old.event, to: new)))
      return true
    }
    changes += removed.map { .missing($0.event) } + inserted.map { .added($0.event) }
    return sorted(changes)
  }

  private static func sorted(_ changes: [Change]) -> [Change] {
    changes.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
      .map(\.element)
  }
}

extension TranscriptDifference.Change {
  /// The line in the expected file, or in the actual one where there is none.
  package var line: Int {
    switch self {
    case .missing(let event), .added(let event): event.line
    case .moved(let expected, _), .changed(let expected, _, _): expected.line
    }
  }

  /// A sign, so that a reader sees at once what it is: `-`, `+`, `>` or `~`.
  package var sign: String {
    switch self {
    case .missing: "-"
    case .added: "+"
    case .moved: ">"
    case .changed: "~"
    }
  }

  /// `line 12: server response.done is missing`, with one line for each field that changed.
  package var words: [String] {
    switch self {
    case .missing(let event): ["line \(event.line): \(event.words) is missing"]
    case .added(let event):
      ["line \(event.line): \(event.words) is new: \(FieldChange.short(event.body))"]
    case .moved(let expected, let actual):
      ["line \(expected.line): \(expected.words) moved to line \(actual.line)"]
    case .changed(let expected, _, let fields):
      ["line \(expected.line): \(expected.words) changed"] + fields.map { "  \($0)" }
    }
  }
}

extension TranscriptDifference: CustomStringConvertible {
  package var description: String {
    changes.map { "\($0.sign) \($0.words.joined(separator: "\n  "))" }.joined(separator: "\n")
  }
}

extension TranscriptEvent {
  fileprivate var words: String { count > 1 ? "\(key) x\(count)" : key }

  /// Streams of audio that touch are one.
  fileprivate static func joined(_ events: [TranscriptEvent]) -> [TranscriptEvent] {
    var joined: [TranscriptEvent] = []
    for event in events {
      if let last = joined.last, last.joins(event) {
        joined[joined.count - 1].append(event)
      } else {
        joined.append(event)
      }
    }
    return joined
  }
}

extension FieldChange {
  /// What differs between two events of the same key.
  static func changes(from expected: TranscriptEvent, to actual: TranscriptEvent) -> [FieldChange] {
    if expected.count == 1, actual.count == 1 {
      return changes(from: expected.shape, to: actual.shape)
    }
    let fields = changes(from: expected.shape.withoutAudio, to: actual.shape.withoutAudio)
    if expected.digests == actual.digests { return fields }
    return fields + [
      FieldChange(path: "", expected: expected.sound, actual: actual.sound)
    ]
  }
}

extension TranscriptEvent {
  /// All its audio as if it were one piece.
  fileprivate var sound: JSONValue {
    ["ms": .int(audio), "digest": .string(digests.joined(separator: "+"))]
  }
}
