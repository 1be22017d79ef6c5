package import JSON

/// A whole HTTP answer. `Content-Length`, `Date` and `Connection` are the transport's to add.
package struct Response: Hashable, Sendable {
  package let status: Int
  package var headers: [Header]
  package var body: [UInt8]

  package init(status: Int, headers: [Header] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer whose body is `value`, with the content type both vendors send.
  package static func json(_ value: JSONValue, status: Int = 200) -> Response {
    Response(
      status: status, headers: [Header("Content-Type", "application/json; charset=utf-8")],
      body: value.encoded)
  }
}
