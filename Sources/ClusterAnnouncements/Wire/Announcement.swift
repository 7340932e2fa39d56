package import ClusterFormation

/// What a node says of itself.
package struct Announcement: Hashable, Sendable {
    package var endpoint: Endpoint
    /// For how long after its moment a listener shall believe this without hearing more.
    package var timeToLive: Duration
    /// Whether the sender asks for a roster, since it has just begun to listen.
    package var isJoining: Bool
    /// For how long the instance has lived at the message's moment.
    ///
    /// Of two instances on one endpoint the younger is the one that counts.
    package var uptime: Duration
    /// Whether the medium shows the sender's session, so that its absence there means that the session has ended.
    package var isShown: Bool
    package var metadata: [String: String]

    package init(
        endpoint: Endpoint,
        timeToLive: Duration,
        isJoining: Bool = false,
        uptime: Duration = .zero,
        isShown: Bool = false,
        metadata: [String: String] = [:]
    ) {
        self.endpoint = endpoint
        self.timeToLive = timeToLive
        self.isJoining = isJoining
        self.uptime = uptime
        self.isShown = isShown
        self.metadata = metadata
    }
}
