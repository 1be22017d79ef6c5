import Testing
import VirtualTime

@Suite("Instants and dice") struct InstantTests {
  @Test func `an instant moves by a duration and back`() {
    let later = Instant.start + .milliseconds(1500)
    #expect(later.nanoseconds == 1_500_000_000)
    #expect(later - .start == .milliseconds(1500))
    #expect(Instant.start < later)
  }

  @Test func `durations are cut to whole milliseconds`() {
    #expect(Duration.nanoseconds(1_999_999).milliseconds == 1)
    #expect(Duration.seconds(3600).nanoseconds == 3_600_000_000_000)
  }

  @Test func `the same seed rolls the same, another seed rolls otherwise`() {
    var first = Dice(seed: 7)
    var second = Dice(seed: 7)
    var other = Dice(seed: 8)
    let rolls = (0..<4).map { _ in first.next() }
    let again = (0..<4).map { _ in second.next() }
    let others = (0..<4).map { _ in other.next() }
    #expect(rolls == again)
    #expect(rolls != others)
  }

  @Test func `split dice do not disturb each other`() {
    let dice = Dice(seed: 7)
    var one = dice.split(1)
    var oneAgain = dice.split(1)
    var two = dice.split(2)
    let (first, again, second) = (one.next(), oneAgain.next(), two.next())
    #expect(first == again)
    #expect(first != second)
  }

  @Test func `characters come from the alphabet alone`() {
    var dice = Dice(seed: 1)
    let text = dice.characters(200, of: .hexadecimal)
    #expect(text.count == 200)
    #expect(text.allSatisfy { "0123456789abcdef".contains($0) })
  }
}
