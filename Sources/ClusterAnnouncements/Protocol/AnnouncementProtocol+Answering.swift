package import ClusterFormation

extension AnnouncementProtocol {
    /// What the turns are reckoned with.
    func circumstances(_ session: Session) -> RosterTurns.Circumstances {
        RosterTurns.Circumstances(
            rank: self.rank,
            members: self.speakers,
            messages: self.rosterMessages,
            cost: self.medium.deliveryCost,
            lag: session.proof.lag,
            lastEcho: session.proof.lastEcho,
            lastEchoed: session.proof.lastEchoed
        )
    }

    /// How many members take their turn before this node.
    ///
    /// Of those that the medium shows only they themselves: one that is not shown may be a stranger's invention, of which
    /// there can be any number. One that claims to be shown and is not is soon found missing.
    var rank: Int { self.session?.isShown == true ? self.table.shownSeniors : self.table.seniors }

    /// In how many messages a roster fits, about: as if the others said as much of themselves as this node does.
    private var rosterMessages: Int {
        RosterPacking.partCount(of: self.members, each: self.entryBytes, within: self.messageBytes)
    }

    /// How long an entry about this node is in a roster.
    static func entryBytes(of node: Node) -> Int {
        let moment = Moment(microseconds: 0)
        let entry = Roster.Entry(
            instance: InstanceID(high: 0, low: 0),
            endpoint: node.endpoint,
            number: 1_000,
            processID: 100_000,
            moment: moment,
            timeToLive: .seconds(20),
            birth: moment,
            isShown: true,
            metadata: node.metadata
        )
        return RosterPacking.bytes(of: entry, at: moment)
    }

    /// Answers the newcomers if it is this node's turn.
    ///
    /// A node that has no proof of its own channel answers nobody; it is asked again, or another one is.
    mutating func takeRosterTurn(at now: Instant) -> [Action] {
        guard let session = self.session, session.turns.hasPending,
            let due = session.turns.due(self.circumstances(session)), due <= now
        else { return [] }
        guard self.isProven(at: now) else {
            self.session?.turns.postpone(to: now.advanced(by: RosterTurns.slot(lag: session.proof.lag)))
            return []
        }
        self.session?.turns.answer(at: now)
        return [.sendRoster]
    }

    /// Every known peer that is believed, and this node: what an answer says.
    package func rosterEntries(at now: Instant) -> [Roster.Entry] {
        let moment = self.moment(at: now)
        var entries: [Roster.Entry] = []
        entries.reserveCapacity(self.members)
        entries.append(
            Roster.Entry(
                instance: self.local,
                endpoint: self.localNode.endpoint,
                number: self.lastNumber,
                processID: self.session?.processID ?? 0,
                moment: moment,
                timeToLive: self.configuration.timeToLive(at: self.currentInterval),
                birth: moment.advanced(by: .zero - self.birth.duration(to: now)),
                isShown: self.session?.isShown ?? false,
                metadata: self.localNode.metadata
            )
        )
        let shortest = self.shortestBelief
        for peer in self.table.all where now < peer.believedUntil(shortest: shortest) {
            let age = peer.believedFrom.duration(to: now)
            entries.append(
                Roster.Entry(
                    instance: peer.instance,
                    endpoint: peer.endpoint,
                    number: peer.number,
                    processID: peer.processID,
                    moment: moment.advanced(by: .zero - age),
                    // For as long as this node believes in it: it may have spoken when the cluster was smaller.
                    timeToLive: max(peer.timeToLive, shortest),
                    birth: peer.birth,
                    isShown: peer.isShown,
                    metadata: peer.metadata
                )
            )
        }
        return entries
    }
}
