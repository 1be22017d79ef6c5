import Conversation
import JSON
import Wire

/// Who may use a tuned model or a corpus, and how.
struct Permission: Hashable, Sendable {
  enum Role: String, Sendable {
    case owner = "OWNER"
    case writer = "WRITER"
    case reader = "READER"
  }

  enum Grantee: Hashable, Sendable {
    case user(String)
    case group(String)
    case everyone
  }

  var role: Role
  let grantee: Grantee

  func json(name: String) -> JSONValue {
    var json: JSONObject = ["name": .string(name)]
    switch grantee {
    case .user(let address):
      json["granteeType"] = "USER"
      json["emailAddress"] = .string(address)
    case .group(let address):
      json["granteeType"] = "GROUP"
      json["emailAddress"] = .string(address)
    case .everyone: json["granteeType"] = "EVERYONE"
    }
    json["role"] = .string(role.rawValue)
    return .object(json)
  }
}

/// PermissionService: the permissions of tuned models and corpora, and `transferOwnership`.
extension Shelf {
  mutating func createPermission(_ call: inout Call) throws(Refusal) -> Answer {
    var permissions = try permissions(call)
    let body = try call.body(at: "permission")
    let permission = Permission(role: try Self.role(body), grantee: try Self.grantee(body))
    if permissions.all.contains(where: { $0.grantee == permission.grantee }) {
      throw Refusal(
        .alreadyExists, "A permission for this grantee already exists.",
        explanation: "change the role of the permission there is by PATCH")
    }
    let id = call.randomID()
    try permissions.insert(permission, as: id)
    replacePermissions(by: permissions, call)
    return Self.answer(permission, id, call)
  }

  mutating func listPermissions(_ call: inout Call) throws(Refusal) -> Answer {
    let permissions = try permissions(call)
    let parent = call.route.name(2)
    let page = try Page(of: call, sizeDefault: 10, sizeMax: 1000, scope: parent)
    let items = permissions.names.compactMap { id in
      permissions[id].map { $0.json(name: "\(parent)/permissions/\(id)") }
    }
    return .message(page.cut(items, as: "permissions"))
  }

  mutating func getPermission(_ call: inout Call) throws(Refusal) -> Answer {
    return Self.answer(
      try Self.permission(of: try permissions(call), call), call.route.words[3], call)
  }

  mutating func patchPermission(_ call: inout Call) throws(Refusal) -> Answer {
    var permissions = try permissions(call)
    var permission = try Self.permission(of: permissions, call)
    let body = try call.body(at: "permission")
    // permissions, "patch": the mask is required, and `role` is the one field to change.
    guard call.updateMask() ?? (call.options.settings.isStrict ? [] : ["role"]) == ["role"] else {
      throw .badField("update_mask", of: "UpdatePermissionRequest", "must be \"role\"")
    }
    permission.role = try Self.role(body)
    permissions.replace(call.route.words[3], by: permission)
    replacePermissions(by: permissions, call)
    return Self.answer(permission, call.route.words[3], call)
  }

  mutating func deletePermission(_ call: inout Call) throws(Refusal) -> Answer {
    var permissions = try permissions(call)
    if try Self.permission(of: permissions, call).role == .owner {
      throw Refusal(
        .failedPrecondition, "The permission of the owner cannot be deleted.",
        explanation: "transfer the ownership first")
    }
    permissions.remove(call.route.words[3])
    replacePermissions(by: permissions, call)
    return .empty
  }

  /// Those of what the path begins with.
  private func permissions(_ call: Call) throws(Refusal) -> Drawer<Permission> {
    let name = call.route.name(2)
    return call.route.words[0] == "corpora"
      ? try corpus(name, call).permissions : try tunedModel(name, call).permissions
  }

  private mutating func replacePermissions(by permissions: Drawer<Permission>, _ call: Call) {
    let name = call.route.name(2)
    if var corpus = corpora[name] {
      corpus.permissions = permissions
      corpora.replace(name, by: corpus)
    } else if var model = tunedModels[name] {
      model.permissions = permissions
      tunedModels.replace(name, by: model)
    }
  }

  /// tunedModels, "transferOwnership": the old owner becomes a writer.
  mutating func transferOwnership(_ call: inout Call) throws(Refusal) -> Answer {
    var model = try tunedModel(call.route.name(2), call)
    let body = try call.body()
    guard let address = body["emailAddress"]?.string, !address.isEmpty else {
      throw .badField("email_address", of: "TransferOwnershipRequest", "is required")
    }
    let heir = Permission.Grantee.user(address)
    for id in model.permissions.names {
      guard var permission = model.permissions[id] else { continue }
      if permission.role == .owner { permission.role = .writer }
      if permission.grantee == heir { permission.role = .owner }
      model.permissions.replace(id, by: permission)
    }
    if !model.permissions.all.contains(where: { $0.grantee == heir }) {
      try model.permissions.insert(Permission(role: .owner, grantee: heir), as: call.randomID())
    }
    tunedModels.replace(model.name, by: model)
    return .empty
  }

  private static func permission(of permissions: Drawer<Permission>, _ call: Call)
    throws(Refusal) -> Permission
  {
    guard let permission = permissions[call.route.words[3]] else {
      throw Refusal(.notFound, "Permission \(call.route.name()) does not exist.")
    }
    return permission
  }

  private static func role(_ body: JSONObject) throws(Refusal) -> Permission.Role {
    guard let role = body["role"]?.string.flatMap({ Permission.Role(rawValue: $0) }) else {
      throw .badField("permission.role", of: "Permission", "must be READER or WRITER")
    }
    if role == .owner {
      throw .badField(
        "permission.role", of: "Permission", "OWNER is given by transferOwnership only")
    }
    return role
  }

  /// Permission, "email_address": it is required unless everyone is meant.
  private static func grantee(_ body: JSONObject) throws(Refusal) -> Permission.Grantee {
    let address = body["emailAddress"]?.string ?? ""
    switch body["granteeType"]?.string {
    case "EVERYONE":
      if address.isEmpty { return .everyone }
      throw .badField(
        "permission.email_address", of: "Permission", "must not be set when everyone is meant")
    case "GROUP" where !address.isEmpty: return .group(address)
    case "USER" where !address.isEmpty, nil where !address.isEmpty: return .user(address)
    case "USER", "GROUP", nil:
      throw .badField("permission.email_address", of: "Permission", "is required")
    default:
      throw .badField(
        "permission.grantee_type", of: "Permission", "must be USER, GROUP or EVERYONE")
    }
  }

  private static func answer(_ permission: Permission, _ id: String, _ call: Call) -> Answer {
    .message(permission.json(name: "\(call.route.name(2))/permissions/\(id)"))
  }
}
