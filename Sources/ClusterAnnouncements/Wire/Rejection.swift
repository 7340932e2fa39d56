/// Why a payload was not believed.
///
/// It is counted by its ``reason`` and dropped; nothing else happens.
package struct Rejection: Error, Hashable, Sendable {
    /// The reasons; the raw values are few and stable, fit for a metric's dimension.
    package enum Reason: String, CaseIterable, Sendable {
        /// There is nothing in it.
        case empty
        /// It is longer than what the medium carries.
        case oversized
        /// It is neither JSON in ASCII nor a sealed box, or it nests too deeply.
        case malformed
        /// It is of another cluster on the same channel.
        case foreignCluster = "foreign_cluster"
        /// It is of another major version of the wire format.
        case unsupportedVersion = "unsupported_version"
        /// It is of a kind that a later version may know. Not an error: to be ignored.
        case unknownKind = "unknown_kind"
        /// This node has a key, and the message is not sealed.
        case unsealed
        /// The message is sealed, and this node has no key.
        case sealed
        /// It is sealed with a key that this node does not accept, or for another cluster.
        case unknownKey = "unknown_key"
        /// It claims a key that this node has, but was not sealed with it, or was changed on the way.
        case wrongSeal = "wrong_seal"
        /// A field is missing, of the wrong type or out of its range.
        case invalidField = "invalid_field"
    }

    package var reason: Reason

    /// The major version, where that is the reason.
    package var version: UInt64?

    /// The wire name of the field that is invalid, where that is the reason; never anything that was received.
    package var field: String?

    package init(_ reason: Reason) {
        self.reason = reason
    }

    static func unsupportedVersion(_ version: UInt64?) -> Rejection {
        var rejection = Rejection(.unsupportedVersion)
        rejection.version = version
        return rejection
    }

    static func invalidField(_ field: WireField) -> Rejection {
        var rejection = Rejection(.invalidField)
        rejection.field = field.rawValue
        return rejection
    }
}
