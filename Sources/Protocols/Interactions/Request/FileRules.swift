import Conversation
import JSON
import VirtualTime

/// The files a request refers to must be there, and ready.
///
/// Files guide, "Use uploaded files": a content's `uri` names a file of the same key. The refusals
/// are those of the files API, with this API's codes; what else a `uri` leads to is not looked at.
struct FileRules {
  let files: FileDirectory
  let request: CreateRequest
  let now: Instant

  var refusals: [Refusal] {
    var refusals: [Refusal] = []
    for step in request.steps {
      for content in step["content"]?.array ?? [] {
        guard let name = content["uri"]?.string.flatMap(FileDirectory.name) else { continue }
        if let refusal = refusal(name) { refusals.append(refusal) }
      }
    }
    return refusals
  }

  private func refusal(_ name: String) -> Refusal? {
    let id = name.dropFirst("files/".count)
    guard let file = files[name], file.expires > now else {
      return Refusal(
        "permission_denied",
        "You do not have permission to access the File \(id) or it may not exist.",
        hint: files[name] == nil ? "there is no \(name)" : "\(name) has expired")
    }
    if file.ready <= now, !file.isFailing { return nil }
    return Refusal(
      "failed_precondition",
      "The File \(id) is not in an ACTIVE state and usage is not allowed.",
      hint: file.ready <= now
        ? "\(name) could not be processed" : "poll GET \(name) until its state is ACTIVE")
  }
}
