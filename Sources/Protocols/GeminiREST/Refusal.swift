import JSON

/// The canonical statuses of google.rpc: their numbers, and the HTTP statuses that stand for them.
enum RPCStatus: String, CaseIterable, Sendable {
  case cancelled = "CANCELLED"
  case unknown = "UNKNOWN"
  case invalidArgument = "INVALID_ARGUMENT"
  case deadlineExceeded = "DEADLINE_EXCEEDED"
  case notFound = "NOT_FOUND"
  case alreadyExists = "ALREADY_EXISTS"
  case permissionDenied = "PERMISSION_DENIED"
  case resourceExhausted = "RESOURCE_EXHAUSTED"
  case failedPrecondition = "FAILED_PRECONDITION"
  case aborted = "ABORTED"
  case outOfRange = "OUT_OF_RANGE"
  case unimplemented = "UNIMPLEMENTED"
  case internalError = "INTERNAL"
  case unavailable = "UNAVAILABLE"
  case dataLoss = "DATA_LOSS"
  case unauthenticated = "UNAUTHENTICATED"

  /// google/rpc/code.proto.
  var number: Int {
    switch self {
    case .cancelled: 1
    case .unknown: 2
    case .invalidArgument: 3
    case .deadlineExceeded: 4
    case .notFound: 5
    case .alreadyExists: 6
    case .permissionDenied: 7
    case .resourceExhausted: 8
    case .failedPrecondition: 9
    case .aborted: 10
    case .outOfRange: 11
    case .unimplemented: 12
    case .internalError: 13
    case .unavailable: 14
    case .dataLoss: 15
    case .unauthenticated: 16
    }
  }

  /// google/rpc/code.proto, "HTTP Mapping".
  var httpStatus: Int {
    switch self {
    case .invalidArgument, .failedPrecondition, .outOfRange: 400
    case .unauthenticated: 401
    case .permissionDenied: 403
    case .notFound: 404
    case .alreadyExists, .aborted: 409
    case .resourceExhausted: 429
    case .cancelled: 499
    case .unknown, .internalError, .dataLoss: 500
    case .unimplemented: 501
    case .unavailable: 503
    case .deadlineExceeded: 504
    }
  }

  /// The status a bare HTTP status most likely stands for.
  static func standing(for httpStatus: Int) -> RPCStatus {
    switch httpStatus {
    case 401: .unauthenticated
    case 403: .permissionDenied
    case 404: .notFound
    case 409: .aborted
    case 429: .resourceExhausted
    case 499: .cancelled
    case 400..<500: .invalidArgument
    case 501: .unimplemented
    case 503: .unavailable
    case 504: .deadlineExceeded
    default: .internalError
    }
  }
}

/// Why the service does not do what was asked, in its own words.
struct Refusal: Error, Hashable, Sendable {
  let httpStatus: Int
  /// Such as `INVALID_ARGUMENT`; scenarios may use words that google.rpc does not have.
  let status: String
  let message: String
  var details: [JSONValue] = []
  /// For the log: what the client did, and what to do instead.
  let explanation: String

  init(
    _ status: RPCStatus, _ message: String, details: [JSONValue] = [], explanation: String? = nil
  ) {
    httpStatus = status.httpStatus
    self.status = status.rawValue
    self.message = message
    self.details = details
    self.explanation = explanation ?? message
  }

  init(httpStatus: Int, status: String, message: String, details: [JSONValue] = []) {
    self.httpStatus = httpStatus
    self.status = status
    self.message = message
    self.details = details
    explanation = message
  }

  /// AIP-193, "HTTP/1.1+JSON representation".
  var body: JSONValue {
    var error: JSONObject = [
      "code": .int(httpStatus), "message": .string(message), "status": .string(status),
    ]
    if !details.isEmpty { error["details"] = .array(details) }
    return ["error": .object(error)]
  }

  /// A field that does not hold what it must: `* Message.field: text`, with `BadRequest`.
  static func badField(_ field: String, of message: String, _ text: String) -> Refusal {
    Refusal(
      .invalidArgument, "* \(message).\(field): \(text)\n",
      details: [badRequest([(field, text)])], explanation: "'\(field)': \(text)")
  }

  /// google/rpc/error_details.proto, "BadRequest".
  static func badRequest(_ violations: [(field: String, description: String)]) -> JSONValue {
    [
      "@type": "type.googleapis.com/google.rpc.BadRequest",
      "fieldViolations": .array(
        violations.map { violation in
          var object: JSONObject = [:]
          if !violation.field.isEmpty { object["field"] = .string(violation.field) }
          object["description"] = .string(violation.description)
          return .object(object)
        }),
    ]
  }
}
