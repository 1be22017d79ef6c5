import Conversation
import Faults

/// Every fault of the catalogue, as scenarios write them.
extension Grammar {
  /// Beside a step.
  static let fault = FieldRule(
    "fault", .mapping(faults), "What goes wrong on the wire while the step is carried out.")

  /// For a whole file, or for some of its connections.
  static let faultList = FieldRule(
    "faults", .list(of: .mapping(faults)), "What goes wrong on the wire.")

  static let faults = MappingRule(
    "fault", oneOf: FaultCatalogue.names,
    fields: FaultCatalogue.types.map { type in
      FieldRule(type.name, value(of: type), type.summary)
    })

  /// The settings of one fault, and those of all.
  static func settings(of type: any Fault.Type) -> MappingRule {
    MappingRule(type.name, fields: fields(type.settings) + common)
  }

  private static func value(of type: any Fault.Type) -> ValueRule {
    let whole = ValueRule.either(.nothing, .mapping(settings(of: type)))
    guard let key = type.shorthand, let setting = type.settings.first(where: { $0.key == key })
    else { return whole }
    return .either(ValueRule(setting.kind), whole)
  }

  private static func fields(_ settings: [Setting]) -> [FieldRule] {
    settings.map { FieldRule($0.key, ValueRule($0.kind), $0.summary) }
  }

  static let common: [FieldRule] =
    [
      FieldRule(
        "after", .trigger,
        "What passes unharmed before: '3 audio chunks', '1.2s audio', '2 messages', '4096 bytes', "
          + "'5s', or the kind of a message; without it, nothing."),
      FieldRule(
        "during", .window,
        "When it exists, counted from the first connection of the API key; else always."),
      FieldRule(
        "probability", .number(0...1), "How likely it acts on a message; 1 without it."),
    ] + fields(FaultCatalogue.common)
}
