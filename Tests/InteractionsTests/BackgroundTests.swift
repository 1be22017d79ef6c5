import Conversation
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Interactions: in the background") struct BackgroundTests {
  private let research: JSONValue = [
    "agent": "deep-research-preview-04-2026", "input": "Compare.", "background": true,
    "agent_config": ["type": "deep-research", "thinking_summaries": "auto"],
  ]
  private let report = [ServerAction.think("Reading."), .think("Weighing."), say("A is better.")]

  private func status(_ driver: inout Driver, _ id: String) -> JSONValue? {
    let number = driver.get(id)
    return driver.exchanges[number].json["status"]
  }

  @Test func `the answer comes at once, the work takes its time`() {
    var driver = Driver(pace: .service)
    let number = driver.create(research, report)
    let json = driver.exchanges[number].json
    #expect(json["status"] == "in_progress")
    #expect(json["steps"] == nil)
    #expect(json["usage"] == nil)
    #expect(json["agent"] == "deep-research-preview-04-2026")
    let id = json["id"]?.string ?? ""
    #expect(driver.exchanges[number].remembered == [id])
    driver.run(until: .start + .milliseconds(9999))
    #expect(status(&driver, id) == "in_progress")
    driver.run(until: .start + .seconds(10))
    let done = driver.get(id)
    #expect(driver.exchanges[done].json["status"] == "completed")
    #expect(driver.exchanges[done].json["updated"] == "2026-09-21T14:13:30Z")
    #expect(
      driver.exchanges[done].json["steps"]?.array?.map { $0["type"] } == [
        "user_input", "thought", "thought", "model_output",
      ])
  }

  @Test func `a scenario that waits makes the run longer, not the request`() {
    var driver = Driver(pace: .service)
    let number = driver.create(research, [.think("Reading.")], ending: [])
    #expect(driver.exchanges[number].json["status"] == "in_progress")
    driver.leave(number)
    driver.tell(say("Done."), to: number, after: .seconds(60))
    driver.tell(.endTurn(TurnEnd()), to: number, after: .seconds(60))
    let id = driver.exchanges[number].json["id"]?.string ?? ""
    driver.run(until: .start + .seconds(59))
    #expect(status(&driver, id) == "in_progress")
    driver.run(until: .start + .seconds(62))
    #expect(status(&driver, id) == "completed")
  }

  @Test func `a run of a slow tier waits for its turn first`() {
    var driver = Driver(pace: .service)
    var body = research.object ?? [:]
    body["service_tier"] = "flex"
    let number = driver.create(.object(body), report)
    #expect(driver.exchanges[number].json["status"] == "queued")
    let id = driver.exchanges[number].json["id"]?.string ?? ""
    #expect(status(&driver, id) == "queued")
    driver.run(until: .start + .seconds(5))
    #expect(status(&driver, id) == "in_progress")
    driver.run(until: .start + .seconds(10))
    #expect(status(&driver, id) == "completed")
  }

  @Test func `it is followed up only when it is done`() {
    var driver = Driver(pace: .service)
    let number = driver.create(research, report)
    let id = driver.exchanges[number].json["id"] ?? ""
    let next: JSONValue = ["model": model, "input": "Why?", "previous_interaction_id": id]
    let early = driver.create(next)
    #expect(driver.exchanges[early].json["error"]?["code"] == "failed_precondition")
    driver.run(until: .start + .seconds(10))
    let late = driver.create(next, [say("Because.")])
    #expect(driver.json(late)["status"] == "completed")
  }

  @Test func `it can be cancelled while it runs, and only then`() {
    var driver = Driver(pace: .service)
    let number = driver.create(research, report)
    let id = driver.exchanges[number].json["id"]?.string ?? ""
    driver.run(until: .start + .seconds(5))
    let cancel = driver.request("POST", "/v1/interactions/\(id)/cancel")
    #expect(driver.exchanges[cancel].json["status"] == "cancelled")
    driver.run(until: .start + .seconds(20))
    #expect(status(&driver, id) == "cancelled")
    let again = driver.request("POST", "/v1/interactions/\(id)/cancel")
    #expect(driver.exchanges[again].status == 400)
    let foreground = driver.create(["model": model, "input": "x"], [say("y")])
    driver.run(until: .start + .seconds(30))
    let other = driver.exchanges[foreground].json["id"]?.string ?? ""
    let refused = driver.request("POST", "/v1/interactions/\(other)/cancel")
    #expect(driver.exchanges[refused].json["error"]?["code"] == "failed_precondition")
  }

  @Test func `its stream may be dropped, and resumed while it runs`() {
    var driver = Driver(pace: .service)
    var body = research.object ?? [:]
    body["stream"] = true
    let number = driver.create(.object(body), report)
    driver.run(until: .start + .seconds(6))
    let seen = driver.exchanges[number].events
    #expect(seen.contains { $0["delta"]?["type"] == "thought_summary" })
    driver.leave(number)
    let id = seen[0]["interaction"]?["id"]?.string ?? ""
    let last = seen.compactMap { $0["event_id"]?.string }.last ?? ""
    let resumed = driver.get(id, "?stream=true&last_event_id=\(last)")
    #expect(!driver.exchanges[resumed].isFinished)
    driver.run()
    #expect(driver.now == .start + .seconds(10))
    let rest = driver.exchanges[resumed].events
    #expect(driver.exchanges[resumed].isFinished)
    #expect(rest.last?["event_type"] == "interaction.completed")
    let whole = driver.get(id, "?stream=true")
    driver.run()
    let lastSeen = driver.exchanges[whole].events.firstIndex { $0["event_id"]?.string == last }
    #expect(rest == Array(driver.exchanges[whole].events[((lastSeen ?? 0) + 1)...]))
  }

  @Test func `the streamed create of a deep research ends without its usage`() {
    var driver = Driver()
    var body = research.object ?? [:]
    body["stream"] = true
    let number = driver.create(.object(body), report)
    driver.run()
    let first = driver.exchanges[number].events
    #expect(first.last?["interaction"]?["status"] == "completed")
    #expect(first.last?["interaction"]?["usage"] == nil)
    let again = driver.get(first[0]["interaction"]?["id"]?.string ?? "", "?stream=true")
    driver.run()
    let usage = driver.exchanges[again].events.last?["interaction"]?["usage"]
    #expect(usage?["total_output_tokens"]?.integer ?? 0 > 0)
  }

  @Test func `whoever follows it learns of a cancel`() {
    var driver = Driver(pace: .service)
    let number = driver.create(research, report)
    let id = driver.exchanges[number].json["id"]?.string ?? ""
    let follower = driver.get(id, "?stream=true")
    driver.run(until: .start + .seconds(3))
    driver.request("POST", "/v1/interactions/\(id)/cancel")
    driver.run(until: .start + .milliseconds(3250))
    #expect(driver.exchanges[follower].isFinished)
    #expect(
      driver.exchanges[follower].events.last?["interaction"]?["status"] == "cancelled")
  }

  @Test func `a failure is the end of the run, not of the request`() {
    var driver = Driver(pace: .fast)
    let number = driver.create(research, [.fail(ServiceFailure(code: "safety", message: "No."))])
    #expect(driver.exchanges[number].status == 200)
    let lookup = driver.get(driver.exchanges[number].json["id"]?.string ?? "")
    #expect(driver.exchanges[lookup].json["status"] == "failed")
    #expect(driver.exchanges[lookup].json["errors"]?.array?.first?["code"] == "safety")
  }
}
