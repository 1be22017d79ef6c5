import Conversation
import JSON
import VirtualTime
import Wire

/// Prompts whose answers go into an operation: they are answered one after another, each as a
/// conversation of its own, and only then is the client told of the operation.
///
///     answering --answered--> resting --due--> answering … --the last is answered--> over
///
/// An answer is what the exchange of its prompt would have answered with. Resting gives other
/// connections their turn.
struct Assignment: Sendable {
  /// One request of it.
  struct Item: Sendable {
    /// Nil where the request itself was refused, for this reason.
    let prompt: Prompt?
    let refusal: Refusal?
    /// What comes back beside the answer.
    let metadata: JSONValue?
  }

  private enum State: Sendable {
    case answering(Generation)
    case resting(until: Instant)
    case over
  }

  private(set) var call: Call
  private let form: AnswerBody.Form
  private var items: [Item]
  private var state: State
  /// An answer of each item so far, as the body of its HTTP response.
  private(set) var answers: [(isFailed: Bool, body: JSONValue, metadata: JSONValue?)] = []

  init(_ items: [Item], as form: AnswerBody.Form, _ call: Call, at now: Instant) {
    self.call = call
    self.form = form
    self.items = items.reversed()
    state = .resting(until: now)
  }

  var isOver: Bool {
    switch state {
    case .over: true
    case .answering, .resting: false
    }
  }

  var deadline: Instant? {
    switch state {
    case .answering(let generation): generation.deadline
    case .resting(let due): due
    case .over: nil
    }
  }

  mutating func perform(_ action: ServerAction, at now: Instant) -> [Output] {
    guard case .answering(var generation) = state else { return [] }
    let outputs = generation.perform(action, at: now)
    return take(outputs, from: generation, at: now)
  }

  mutating func advance(to now: Instant) -> [Output] {
    switch state {
    case .answering(var generation):
      let outputs = generation.advance(to: now)
      return take(outputs, from: generation, at: now)
    case .resting(let due): return due <= now ? begin(at: now) : []
    case .over: return []
    }
  }

  /// The next item, or the end.
  private mutating func begin(at now: Instant) -> [Output] {
    guard let item = items.last else {
      state = .over
      return []
    }
    guard let prompt = item.prompt else {
      answer(true, item.refusal?.body ?? [:], at: now)
      return []
    }
    let body = AnswerBody(form, prompt: prompt, call: &call, opened: now)
    // Nobody waits for a chunk: what takes its time is the operation.
    state = .answering(Generation(prompt, body, pace: .fast))
    return [
      .converse(.apart), .converse(.afterTurns(prompt.answeredTurns)), .heard(.ready),
      .heard(.turn(prompt.turn)),
    ]
  }

  /// Passes on what concerns the scenario, and keeps what is meant for a client.
  private mutating func take(_ outputs: [Output], from generation: Generation, at now: Instant)
    -> [Output]
  {
    guard generation.isOver else {
      state = .answering(generation)
      return outputs
    }
    var others: [Output] = []
    for output in outputs {
      if case .respond(let response) = output {
        answer(
          response.status != 200, (try? JSONValue(parsing: response.body)) ?? [:], at: now)
      } else if case .performed = output {
        // The script of this conversation has nothing more to say.
      } else {
        others.append(output)
      }
    }
    return others
  }

  private mutating func answer(_ isFailed: Bool, _ body: JSONValue, at now: Instant) {
    let item = items.removeLast()
    answers.append((isFailed, body, item.metadata))
    state = items.isEmpty ? .over : .resting(until: now)
  }
}
