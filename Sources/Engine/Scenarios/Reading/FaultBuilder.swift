import Conversation
import Documents
import Faults

/// Makes fault plans of their nodes.
extension ScenarioBuilder {
  func faults(_ node: DocumentNode?) -> [FaultPlan] { node?.elements.compactMap(fault) ?? [] }

  func fault(_ node: DocumentNode) -> FaultPlan? {
    let member = node.members?.first { FaultCatalogue.type(named: $0.key) != nil }
    guard let member, let type = FaultCatalogue.type(named: member.key) else { return nil }
    let value = member.value
    var plan = FaultPlan(member.key)
    guard value.members != nil else {
      if let key = type.shorthand, let setting = type.settings.first(where: { $0.key == key }) {
        plan.values.values[key] = self.value(value, setting.kind)
      }
      return plan
    }
    for setting in type.settings {
      guard let node = value[setting.key] else { continue }
      plan.values.values[setting.key] = self.value(node, setting.kind)
    }
    plan.after = value["after"]?.scalar.flatMap(Values.trigger)
    plan.on = value["on"]?.scalar
    plan.times = value["times"]?.scalar.flatMap { Int($0) }
    plan.lasts = value["lasts"]?.scalar.flatMap(Values.duration)
    plan.during = value["during"]?.scalar.flatMap(Values.window)
    plan.probability = value["probability"]?.scalar.flatMap(Double.init) ?? 1
    plan.direction =
      value["direction"]?.scalar.flatMap(FaultPlan.Direction.init(rawValue:)) ?? .toClient
    return plan
  }

  /// The value of a setting; nil when it is none, which the checker has said already.
  func value(_ node: DocumentNode, _ kind: Setting.Kind) -> SettingValue? {
    let text = node.scalar ?? ""
    return switch kind {
    case .word: node.isNull ? nil : .word(text)
    case .flag: Values.flag(text).map { .flag($0) }
    case .integer: Int(text).map { .integer($0) }
    case .duration: Values.duration(text).map { .duration($0) }
    case .text: node.isNull ? nil : .text(text)
    case .texts: .texts(texts(node))
    case .json: nil
    }
  }
}
