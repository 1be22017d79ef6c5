/// The names of google.rpc.Code, as Google's front ends write them beside an HTTP status.
package enum StatusName {
  /// google.rpc.Code, "HTTP Mapping"; nil for a status that it does not have.
  package static func of(_ status: Int) -> String? {
    switch status {
    case 400: "INVALID_ARGUMENT"
    case 401: "UNAUTHENTICATED"
    case 403: "PERMISSION_DENIED"
    case 404: "NOT_FOUND"
    case 409: "ABORTED"
    case 416: "OUT_OF_RANGE"
    case 429: "RESOURCE_EXHAUSTED"
    case 499: "CANCELLED"
    case 500: "INTERNAL"
    case 501: "UNIMPLEMENTED"
    case 503: "UNAVAILABLE"
    case 504: "DEADLINE_EXCEEDED"
    default: nil
    }
  }
}
