/// A step of the scenario language that a protocol may or may not be able to express.
///
/// The raw value is the step's key. `await`, `wait` and the like belong to the player and need no
/// ability.
package enum Ability: String, CaseIterable, Sendable {
  case say
  case think
  case call
  case cancelCalls = "cancel_calls"
  case execute
  case show
  case interrupt
  case fail
  case goAway = "go_away"
  case send
  case close
}
