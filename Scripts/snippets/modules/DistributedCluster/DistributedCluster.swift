// What the page on distributed actors uses of swift-distributed-actors, as signatures without a body that does anything: a
// package that has a tagged version can't depend on that one, and so neither can a check of this one.

public final class ClusterSystem: Sendable {
    public var cluster: ClusterControl { fatalError() }

    public init(_ name: String, configuredWith configureSettings: (inout ClusterSystemSettings) -> Void) async {}

    @discardableResult
    public func shutdown() throws -> Shutdown { Shutdown() }

    public struct Shutdown {
        public func wait() async throws {}
    }
}

public struct ClusterSystemSettings {
    public var endpoint: Cluster.Endpoint
}

public struct ClusterControl {
    public let events: ClusterEventStream
    public var node: Cluster.Node { fatalError() }
    public var endpoint: Cluster.Endpoint { self.node.endpoint }
    public func join(endpoint: Cluster.Endpoint) {}
}

public struct ClusterEventStream: AsyncSequence {
    public typealias Element = Cluster.Event

    public class AsyncIterator: AsyncIteratorProtocol {
        public func next() async -> Cluster.Event? { nil }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }
}

public enum Cluster {
    public struct Endpoint: Hashable, Sendable {
        public var host: String
        public var port: Int

        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    public struct Node: Hashable, Sendable {
        public struct ID: Hashable, Sendable, CustomStringConvertible {
            public var description: String { "" }
        }

        public var endpoint: Endpoint
        public let nid: ID
    }

    public enum MemberStatus {
        case joining
        case up
        case leaving
        case down
        case removed
    }

    public struct Member: Hashable {
        public let node: Node
        public var status: MemberStatus
    }

    public struct Membership {
        public func members(atLeast status: MemberStatus) -> [Member] { [] }
    }

    public struct MembershipChange {
        public var node: Node { fatalError() }
        public let status: MemberStatus
    }

    public struct ReachabilityChange {}
    public struct LeadershipChange {}

    public enum Event {
        case snapshot(Membership)
        case membershipChange(MembershipChange)
        case reachabilityChange(ReachabilityChange)
        case leadershipChange(LeadershipChange)
    }
}
