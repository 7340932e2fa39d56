internal import Foundation

/// Somebody who may connect to a cluster's database and do nothing else there, and means the cluster no good.
///
/// It has raw sessions of a role of its own, reads what is sent on the channel, and knows the wire format.
public struct DatabaseStranger: Sendable {
    /// The role that ``enter(_:channel:cluster:)`` makes.
    public static let role = "stranger"

    /// A member of the cluster, as far as it has told the channel.
    struct Member: Hashable, Sendable {
        var instance: String
        var host: String
        var port: Int
    }

    let server: TemporaryPostgres
    let channel: String
    let cluster: String

    /// Makes the role if it is not there yet, which may connect to the database and nothing else.
    ///
    /// - Parameters:
    ///   - server: The cluster's server.
    ///   - channel: The cluster's channel.
    ///   - cluster: The cluster's name.
    /// - Returns: The stranger.
    /// - Throws: ``TemporaryPostgresError``.
    public static func enter(
        _ server: TemporaryPostgres,
        channel: String,
        cluster: String
    ) async throws -> DatabaseStranger {
        let isThere = try await server.execute("SELECT 1 FROM pg_roles WHERE rolname = '\(Self.role)'") == "1"
        if !isThere {
            try await server.execute("CREATE ROLE \(Self.role) LOGIN; REVOKE ALL ON SCHEMA public FROM PUBLIC")
        }
        return DatabaseStranger(server: server, channel: channel, cluster: cluster)
    }

    /// Reads along for a while.
    ///
    /// - Parameter duration: For how long; a heartbeat at least.
    /// - Returns: Every payload that was sent meanwhile, in its order.
    /// - Throws: ``TemporaryPostgresError``.
    public func listen(for duration: Duration) async throws -> [String] {
        let seconds = duration / .seconds(1)
        let output = try await self.server.execute(
            ["LISTEN \"\(self.channel)\"", "SELECT pg_sleep(\(seconds))", "SELECT 1"],
            role: Self.role
        )
        return output.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("Asynchronous notification"), let start = line.firstRange(of: "with payload \""),
                let end = line.ranges(of: "\" received from server process").last
            else { return nil }
            return String(line[start.upperBound..<end.lowerBound])
        }
    }

    /// Does its worst in one way; returns when that is over.
    ///
    /// - Parameters:
    ///   - attack: What to do.
    ///   - recorded: What it has heard, by ``listen(for:)``.
    /// - Throws: ``TemporaryPostgresError``.
    public func make(_ attack: StrangerAttack, recorded: [String]) async throws {
        for statements in attack.sessions(of: self, recorded: recorded) {
            try await self.server.execute(statements, role: Self.role)
        }
    }

    /// The members that have announced themselves in the open.
    func members(in recorded: [String]) -> [Member] {
        var members: [String: Member] = [:]
        for payload in recorded {
            guard
                let message = try? JSONSerialization.jsonObject(with: Data(payload.utf8)) as? [String: Any],
                message["k"] as? String == "announce", let instance = message["i"] as? String,
                let host = message["h"] as? String, let port = message["p"] as? Int
            else { continue }
            members[instance] = Member(instance: instance, host: host, port: port)
        }
        return members.values.sorted { $0.instance < $1.instance }
    }
}
