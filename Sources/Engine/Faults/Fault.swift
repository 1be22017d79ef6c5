package import Conversation
package import VirtualTime

/// One way in which connections go wrong. A conforming type is a file of its own: its doc comment
/// is the manual, and one line in `FaultCatalogue` makes it known.
///
/// A fault sees everything that goes in one direction once its trigger was reached. When, how often
/// and how likely it acts is the business of `FaultPlan`.
package protocol Fault: Sendable {
  /// What scenarios call it.
  static var name: String { get }
  /// What it does, and where that happens in life.
  static var summary: String { get }
  /// What may be said about it.
  static var settings: [Setting] { get }
  /// The setting a bare value fills, as in `delay: 200ms`; nil takes none.
  static var shorthand: String? { get }
  /// Whether it goes on when the step that ordered it is over: silence and poor wires do.
  static var outlastsItsStep: Bool { get }
  /// Where it exists; elsewhere everything passes.
  static var media: [Medium] { get }
  /// Whether it is about the handshake or the head of an answer too, and not only what follows.
  static var touchesHeads: Bool { get }
  /// Whether the connection is over with it.
  static var endsConnections: Bool { get }
  /// Whether it stands for the whole answer, so that `times` counts connections of a client.
  static var replacesAnswers: Bool { get }

  init(_ values: FaultValues)

  /// What happens at the moment the trigger is reached.
  mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed]
  /// What becomes of something that comes after that.
  mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed]
}

extension Fault {
  package static var settings: [Setting] { [] }
  package static var shorthand: String? { nil }
  package static var outlastsItsStep: Bool { false }
  package static var media: [Medium] { Medium.allCases }
  package static var touchesHeads: Bool { false }
  package static var endsConnections: Bool { false }
  package static var replacesAnswers: Bool { false }

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] { [] }
  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.pass(item))]
  }
}

/// The settings of a fault, already checked against its rules.
package struct FaultValues: Hashable, Sendable {
  package var values: [String: SettingValue]

  package init(_ values: [String: SettingValue] = [:]) { self.values = values }

  package func duration(_ key: String) -> Duration? {
    if case .duration(let duration) = values[key] { duration } else { nil }
  }

  package func integer(_ key: String) -> Int? {
    if case .integer(let integer) = values[key] { integer } else { nil }
  }

  package func word(_ key: String) -> String? {
    if case .word(let word) = values[key] { word } else { nil }
  }

  package func text(_ key: String) -> String? {
    if case .text(let text) = values[key] { text } else { nil }
  }

  package func flag(_ key: String) -> Bool? {
    if case .flag(let flag) = values[key] { flag } else { nil }
  }
}
