/// A connector in two calls, one that begins a link and one that ends it: for a transport whose connections live
/// elsewhere.
///
/// ## The contract
///
/// It is that of ``ClusterConnector``, and besides:
///
/// - When ``connect(to:link:)`` returns, the link is up. Keep the ``Link`` and call ``Link/closed(_:)`` as soon as the
///   connection is gone. If the peer has dialled you first, return at once and keep the ``Link`` for that connection.
/// - A peer stays with the connector until its link closes, the connect fails, or ``disconnect(from:reason:)`` returns.
/// - Of a peer that has restarted, the older instance is disconnected when the connect to the next one has returned, with
///   its own instance in the node.
/// - **Late words.** A ``Link`` belongs to one connect. What it says after its end is ignored.
public protocol TwoCallConnector: ClusterConnector {
    /// Connects to a peer; returns when the link is up.
    func connect(to peer: Node, link: Link) async throws

    /// Ends the link to a peer, whether or not it is still up.
    ///
    /// Another instance's link at the same endpoint stays. One that has not returned within
    /// ``ClusterConfiguration/connectTimeout`` is cancelled, and nothing waits for it any more.
    func disconnect(from peer: Node, reason: DisconnectReason) async
}

extension TwoCallConnector {
    /// Connects, waits for the end of the link, and disconnects if it was the cluster that ended it.
    public func link(to peer: Node, isUp: LinkUp) async throws {
        let call = isUp.call
        try await self.connect(to: peer, link: Link { call.close($0) })
        if case .closed(let reason) = call.ended { throw ClosedLink(reason: reason) }
        isUp()
        switch await call.waitForEnd() {
        case .closed(let reason):
            throw ClosedLink(reason: reason)
        case .wanted(let reason):
            // A task of its own, since this one is cancelled by now and what ends a connection in an orderly way must not
            // be. It is awaited here, and cancelled when that takes too long.
            let farewell = Task { await self.disconnect(from: peer, reason: reason) }
            call.onGiveUp { farewell.cancel() }
            await farewell.value
        }
    }
}

/// A link that its connector has called closed.
struct ClosedLink: Error, CustomStringConvertible {
    var reason: String?
    var description: String { self.reason ?? "closed" }
}
