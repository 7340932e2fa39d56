/// Why a well-formed message was not acted on; the raw values are few and stable, fit for a metric's dimension.
package enum DropReason: String, Sendable, Equatable, CaseIterable {
    /// It was made for another session than the one that it comes from: a recording, or forwarded from elsewhere.
    case foreignSession = "foreign_session"
    /// It is older than what is let in: a recording, or its sender was held up.
    case stale
    /// It had been heard before, or is older than what was heard of its sender.
    case replayed
    /// Its sender has left, or was replaced.
    case departed
    /// It speaks for a node from a session that is not the node's.
    case impostor
    /// Too many nodes announce themselves from one session.
    case crowdedSession = "crowded_session"
    /// The table is full.
    case tableFull = "table_full"
    /// A younger instance has its endpoint.
    case endpointConflict = "endpoint_conflict"
    /// It comes from nobody that is known.
    case unknownSender = "unknown_sender"
}
