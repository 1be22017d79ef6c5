import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime

@Suite("OpenAI Realtime: MCP") struct ServerToolTests {
  private let documents: [String: JSONValue] = [
    "mcp": [
      "docs": [
        "tools": [
          ["name": "search", "description": "Searches.", "output": "found"],
          [
            "name": "break",
            "error": ["type": "tool_execution_error", "message": "It broke."],
          ],
        ]
      ],
      "gone": ["failed": true],
    ]
  ]
  private let create: JSONValue = ["type": "response.create"]

  private func use(_ label: String, approval: JSONValue = "never") -> JSONValue {
    [
      "type": "session.update",
      "session": [
        "type": "realtime",
        "tools": [
          [
            "type": "mcp", "server_label": .string(label), "server_url": "https://x.test/mcp",
            "require_approval": approval,
          ]
        ],
      ],
    ]
  }

  @Test func `the tools of a server are listed once`() {
    var driver = Driver(documents: documents)
    driver.forget()
    driver.send(use("docs"))
    #expect(
      driver.types == [
        "session.updated", "mcp_list_tools.in_progress", "conversation.item.added",
        "conversation.item.done", "mcp_list_tools.completed",
      ])
    let item = driver.last("conversation.item.done")?["item"]
    #expect(item?["type"] == "mcp_list_tools")
    #expect(item?["tools"]?.array?.map { $0["name"] } == ["search", "break"])
    driver.forget()
    driver.send(use("docs"))
    #expect(driver.types == ["session.updated"])
  }

  @Test func `a server may fail, or be unknown to the scenario`() {
    var driver = Driver(documents: documents)
    driver.send(use("gone"))
    #expect(driver.types.suffix(2) == ["mcp_list_tools.in_progress", "mcp_list_tools.failed"])
    driver.send(use("other"))
    #expect(driver.types.last == "mcp_list_tools.completed")
    #expect(driver.explanations.last?.contains("knows no MCP server 'other'") == true)
  }

  @Test(arguments: [
    ("search", "response.mcp_call.completed"), ("break", "response.mcp_call.failed"),
  ])
  func `the service calls the tool itself`(name: String, end: String) {
    var driver = Driver(
      answers: [[.call([ToolCall(name: name, arguments: ["q": "x"])])]], documents: documents)
    driver.send(use("docs"))
    driver.forget()
    driver.send(create)
    driver.run()
    let types = driver.types.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
    #expect(
      types == [
        "response.created", "response.output_item.added", "conversation.item.added",
        "response.mcp_call_arguments.delta", "response.mcp_call_arguments.done",
        "response.mcp_call.in_progress", end, "conversation.item.done",
        "response.output_item.done", "response.done", "rate_limits.updated",
      ])
    let item = driver.last("response.output_item.done")?["item"]
    #expect(item?["type"] == "mcp_call")
    #expect(item?["arguments"] == #"{"q":"x"}"#)
    #expect(item?["output"] == (end.hasSuffix("completed") ? "found" : .null))
    #expect((item?["error"]?.isNull == true) == end.hasSuffix("completed"))
    driver.forget()
    driver.send(create)
    guard case .turn(let turn) = driver.heard.first else { return #expect(Bool(false)) }
    #expect(turn.results.map(\.name) == [name])
  }

  @Test(arguments: [true, false])
  func `the client is asked first where it wants to be`(approves: Bool) {
    var driver = Driver(answers: [[.call([ToolCall(name: "search")])]], documents: documents)
    driver.send(use("docs", approval: "always"))
    driver.send(create)
    driver.run()
    let request = driver.last("response.output_item.done")?["item"]
    #expect(request?["type"] == "mcp_approval_request")
    #expect(driver.last("response.done")?["response"]?["status"] == "completed")
    driver.forget()
    driver.send([
      "type": "conversation.item.create",
      "item": [
        "type": "mcp_approval_response", "approval_request_id": request?["id"] ?? .null,
        "approve": .bool(approves),
      ],
    ])
    let called = [
      "conversation.item.added", "response.mcp_call.in_progress", "response.mcp_call.completed",
      "conversation.item.done",
    ]
    #expect(
      driver.types == ["conversation.item.added", "conversation.item.done"]
        + (approves ? called : []))
  }

  @Test func `approval may be left out for named tools`() {
    var driver = Driver(answers: [[.call([ToolCall(name: "search")])]], documents: documents)
    driver.send(use("docs", approval: ["never": ["tool_names": ["search"]]]))
    driver.send(create)
    driver.run()
    #expect(driver.types.contains("response.mcp_call.completed"))
  }
}
