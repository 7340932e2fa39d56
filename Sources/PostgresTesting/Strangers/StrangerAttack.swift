/// What a ``DatabaseStranger`` can do.
public enum StrangerAttack: String, CaseIterable, Sendable {
    /// Every member's endpoint is claimed by a next instance, believed for thirty days.
    case takeover
    /// Every member's instance is announced at another endpoint.
    case redirect
    /// Many sessions announce several nodes each that do not exist.
    case inventions
    /// Rosters name nodes that do not exist.
    case rosters
    /// Every member is said to have left.
    case farewells
    /// Every member's session is said to be gone.
    case absences
    /// Every presence lock is copied, and held for a while by one who announces inventions.
    case copiedLocks
    /// Everything that was heard is said again.
    case recordings
    /// What nobody can read, of every size.
    case garbage

    /// The longest that anybody can ask to be believed, in milliseconds: thirty days.
    private static let longestTimeToLive = 2_592_000_000

    /// How many nodes ``inventions`` makes up, and how many ``rosters``.
    public static let inventedNodes = (bySessions: 160, byRosters: 192)

    /// The statements of each session, one after the other.
    func sessions(of stranger: DatabaseStranger, recorded: [String]) -> [[String]] {
        let members = stranger.members(in: recorded)
        switch self {
        case .takeover:
            return [
                members.map { member in
                    stranger.announce(
                        instance: "md5(random()::text)",
                        host: "'\(member.host)'",
                        port: "\(member.port)",
                        timeToLive: Self.longestTimeToLive
                    )
                }
            ]
        case .redirect:
            return members.enumerated().map { index, member in
                [
                    stranger.announce(
                        instance: "'\(member.instance)'",
                        number: 1 << 40,
                        host: "'127.66.0.\(index + 1)'",
                        port: "9",
                        timeToLive: Self.longestTimeToLive
                    )
                ]
            }
        case .inventions:
            return (0..<20).map { session in
                [
                    stranger.announce(
                        instance: "md5(random()::text)",
                        host: "'127.67.\(session).' || i",
                        port: "9",
                        timeToLive: Self.longestTimeToLive
                    ) + " FROM generate_series(1, 8) i"
                ]
            }
        case .rosters:
            return (0..<4).map { [stranger.roster(count: 48, timeToLive: Self.longestTimeToLive, network: $0)] }
        case .farewells:
            return members.map { [stranger.say("'leave'", instance: "'\($0.instance)'", number: 1 << 40, "")] }
        case .absences:
            let list = members.map { "'\($0.instance)'" }.joined(separator: ",")
            let more = ", 'a', \(DatabaseStranger.moment), 'g', ARRAY[\(list)]::text[]"
            return [[stranger.say("'absent'", instance: "md5(random()::text)", number: 1, more)]]
        case .copiedLocks:
            return [
                [
                    """
                    SELECT count(pg_advisory_lock_shared(l.classid::int4, l.objid::int4)) FROM pg_locks l \
                    WHERE l.locktype = 'advisory' AND l.objsubid = 2
                    """,
                    stranger.announce(
                        instance: "md5(random()::text)",
                        host: "'127.68.0.' || i",
                        port: "9",
                        timeToLive: Self.longestTimeToLive
                    ) + " FROM generate_series(1, 8) i",
                    "SELECT pg_sleep(1)",
                ]
            ]
        case .recordings:
            return [
                recorded.map { payload in
                    "SELECT pg_notify('\(stranger.channel)', '\(payload.replacing("'", with: "''"))')"
                }
            ]
        case .garbage:
            return [
                [
                    "SELECT count(pg_notify('\(stranger.channel)', rpad(i::text, 1 + i * 4 % 7999, 'x'))) "
                        + "FROM generate_series(1, 2000) i"
                ]
            ]
        }
    }
}

extension DatabaseStranger {
    /// The server's time, as messages carry it.
    static let moment = "(date_part('epoch', clock_timestamp()) * 1000000)::int8"

    /// One message from the session that runs the statement; what is given is SQL.
    func say(_ kind: String, instance: String, number: Int, _ more: String) -> String {
        """
        SELECT pg_notify('\(self.channel)', json_build_object('v', 1, 'k', \(kind), 'c', '\(self.cluster)', \
        'i', \(instance), 'n', \(number), 't', \(Self.moment), 'pid', pg_backend_pid()\(more))::text)
        """
    }

    func announce(instance: String, number: Int = 1, host: String, port: String, timeToLive: Int) -> String {
        self.say(
            "'announce'",
            instance: instance,
            number: number,
            ", 'h', \(host), 'p', \(port), 'ttl', \(timeToLive), 'up', 3600000, 's', true"
        )
    }

    func roster(count: Int, timeToLive: Int, network: Int) -> String {
        let entry = """
            json_build_object('i', md5(random()::text), 'h', '127.69.\(network).' || g, 'p', 9, 'n', 1, \
            'pid', 100 + g, 'o', 0, 'ttl', \(timeToLive), 'up', 3600000)
            """
        return self.say(
            "'roster'",
            instance: "md5(random()::text)",
            number: 1,
            ", 'e', (SELECT json_agg(\(entry)) FROM generate_series(1, \(count)) g)"
        )
    }
}
