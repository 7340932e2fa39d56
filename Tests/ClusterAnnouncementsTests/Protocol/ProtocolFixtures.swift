import ClusterFormation

@testable import ClusterAnnouncements

extension InstanceID {
    static func numbered(_ number: Int) -> InstanceID { InstanceID(high: UInt64(number), low: 7) }
}

extension Endpoint {
    static func numbered(_ number: Int) -> Endpoint {
        do {
            return try Endpoint(host: "10.\(number / 62_500).\(number / 250 % 250).\(number % 250 + 1)", port: 7337)
        } catch {
            preconditionFailure("\(error)")
        }
    }
}

extension Moment {
    /// The server's time when a test begins.
    static let epoch = Moment(microseconds: 1_767_225_600_000_000)

    /// The server's time some while after a test has begun.
    static func after(_ duration: Duration) -> Moment { self.epoch.advanced(by: duration) }
}

extension Instant {
    static func after(_ duration: Duration) -> Instant { Instant(sinceStart: duration) }
}

extension PresentSession {
    /// The session that the numbered node has first.
    static func numbered(_ number: Int) -> PresentSession {
        PresentSession(instance: PresenceKey.instance(.numbered(number)), processID: TestNode.session(of: number))
    }
}

/// What the numbered node says; when it was made and from which session is added when it is sent.
extension Envelope {
    private init(_ number: UInt64, of sender: Int, _ message: Message) {
        self.init(sender: .numbered(sender), number: number, moment: .epoch, processID: 0, message: message)
    }

    static func announcement(
        of sender: Int,
        number: UInt64 = 1,
        at endpoint: Int? = nil,
        timeToLive: Duration = .seconds(20),
        isJoining: Bool = false,
        uptime: Duration = .zero,
        isShown: Bool = true,
        metadata: [String: String] = [:]
    ) -> Envelope {
        let announcement = Announcement(
            endpoint: .numbered(endpoint ?? sender),
            timeToLive: timeToLive,
            isJoining: isJoining,
            uptime: uptime,
            isShown: isShown,
            metadata: metadata
        )
        return Envelope(number, of: sender, .announce(announcement))
    }

    static func observation(of sender: Int, number: UInt64 = 1, isJoining: Bool = true) -> Envelope {
        Envelope(number, of: sender, .observe(isJoining: isJoining))
    }

    static func leave(of sender: Int, number: UInt64) -> Envelope { Envelope(number, of: sender, .leave) }

    static func roster(
        of sender: Int,
        number: UInt64,
        part: Int = 1,
        of parts: Int = 1,
        naming entries: [Roster.Entry]
    ) -> Envelope {
        Envelope(number, of: sender, .roster(Roster(part: part, of: parts, entries: entries)))
    }

    static func absent(_ absent: [Int], seenAt moment: Moment, saidBy sender: Int, number: UInt64) -> Envelope {
        let absence = Absence(instances: absent.map { .numbered($0) }, seenAt: moment)
        return Envelope(number, of: sender, .absent(absence))
    }

    var announcement: Announcement? {
        if case .announce(let announcement) = self.message { announcement } else { nil }
    }
}

extension Roster.Entry {
    /// What a teller says of the numbered node, which it has heard at a moment.
    static func numbered(
        _ number: Int,
        at endpoint: Int? = nil,
        lastNumber: UInt64 = 1,
        session: Int32? = nil,
        heardAt moment: Moment,
        timeToLive: Duration = .seconds(20),
        birth: Moment = .epoch
    ) -> Roster.Entry {
        Roster.Entry(
            instance: .numbered(number),
            endpoint: .numbered(endpoint ?? number),
            number: lastNumber,
            processID: session ?? TestNode.session(of: number),
            moment: moment,
            timeToLive: timeToLive,
            birth: birth,
            isShown: true
        )
    }
}
