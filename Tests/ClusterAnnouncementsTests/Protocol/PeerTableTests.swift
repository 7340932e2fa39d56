import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite struct PeerTableTests {
    private func expiry(_ peer: Peer) -> Instant { peer.believedFrom.advanced(by: peer.timeToLive) }

    /// What the table must agree with: a dictionary, and passes over all of it.
    private struct Model {
        struct Entry {
            var endpoint: Int
            var session: Int32
            var expiry: Int
            var isShown: Bool
            var isSenior: Bool
            var isHearsay: Bool
        }
        var entries: [Int: Entry] = [:]
    }

    @Test(arguments: 0..<20) func itAgreesWithAPlainDictionary(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        var table = PeerTable()
        var model = Model()
        var now = 0
        for step in 0..<600 {
            let number = Int.random(in: 1...100, using: &dice)
            let endpoint = Int.random(in: 1...150, using: &dice)
            let lives = Int.random(in: 1_000...9_000, using: &dice)
            var entry = Model.Entry(
                endpoint: endpoint,
                session: .random(in: 1...5, using: &dice),
                expiry: now + lives,
                isShown: .random(using: &dice),
                isSenior: .random(using: &dice),
                isHearsay: .random(using: &dice)
            )
            let moment = Instant.after(.milliseconds(now))
            let isFree = !model.entries.contains { $0.value.endpoint == endpoint }
            switch Int.random(in: 0..<10, using: &dice) {
            case 0..<5 where model.entries[number] == nil && isFree:
                let peer = Peer.numbered(
                    number,
                    at: endpoint,
                    standing: entry.isHearsay ? .hearsay : .heardOnce,
                    session: entry.session,
                    believedFrom: moment,
                    timeToLive: .milliseconds(lives),
                    isShown: entry.isShown,
                    isSenior: entry.isSenior
                )
                table.insert(peer, expiringAt: self.expiry(peer))
                model.entries[number] = entry
            case 0..<7:
                guard let before = model.entries[number] else { continue }
                entry.endpoint = before.endpoint
                entry.isHearsay = before.isHearsay && entry.isHearsay
                table.update(.numbered(number)) { peer in
                    peer.processID = entry.session
                    peer.isShown = entry.isShown
                    peer.isSenior = entry.isSenior
                    peer.standing = entry.isHearsay ? .hearsay : .established
                    peer.believedFrom = moment
                    peer.timeToLive = .milliseconds(lives)
                }
                model.entries[number] = entry
            case 7:
                #expect((table.remove(.numbered(number)) != nil) == (model.entries.removeValue(forKey: number) != nil))
            default:
                now += Int.random(in: 0...1_500, using: &dice)
                let moment = Instant.after(.milliseconds(now))
                let (expired, _, _) = table.removeExpired(at: moment, provenAt: moment, expiry: self.expiry)
                let overdue = model.entries.filter { $0.value.expiry <= now }
                #expect(Set(expired.map(\.instance)) == Set(overdue.keys.map { .numbered($0) }))
                for key in overdue.keys { model.entries[key] = nil }
            }
            guard step.isMultiple(of: 30) else { continue }
            let entries = model.entries.values
            #expect(Set(table.all.map(\.instance)) == Set(model.entries.keys.map { .numbered($0) }))
            #expect(table.count == model.entries.count)
            #expect(table.seniors == entries.count(where: \.isSenior))
            #expect(table.shownSeniors == entries.count { $0.isSenior && $0.isShown })
            for session in Int32(1)...5 {
                let count = entries.count { $0.session == session && !$0.isHearsay }
                #expect(table.instances(inSession: session).count == count)
            }
            for endpoint in 1...150 {
                let holder = model.entries.first { $0.value.endpoint == endpoint }?.key
                #expect(table.peer(at: .numbered(endpoint))?.instance == holder.map { .numbered($0) })
            }
        }
    }

    private func insert(_ peer: Peer, into table: inout PeerTable) {
        table.insert(peer, expiringAt: self.expiry(peer))
    }

    @Test func theEarliestExpiryIsNeverLate() {
        var table = PeerTable()
        self.insert(.numbered(1, timeToLive: .seconds(9)), into: &table)
        table.update(.numbered(1)) { $0.timeToLive = .seconds(2) }
        #expect(table.nextExpiry == .after(.seconds(2)))
    }

    @Test func aPeerThatWasOverdueWhenTheChannelWasProvenLastIsGoneAndALaterOneIsUncertain() {
        var table = PeerTable()
        self.insert(.numbered(1, timeToLive: .seconds(5)), into: &table)
        self.insert(.numbered(2, timeToLive: .seconds(8)), into: &table)
        let (now, proof) = (Instant.after(.seconds(9)), Instant.after(.seconds(6)))
        let result = table.removeExpired(at: now, provenAt: proof, expiry: self.expiry)
        #expect(result.expired.map(\.instance) == [.numbered(1)])
        #expect(result.isUncertain)
        #expect(table.contains(.numbered(2)))
        let later = table.removeExpired(at: now, provenAt: now, expiry: self.expiry)
        #expect(later.expired.map(\.instance) == [.numbered(2)])
        #expect(!later.isUncertain)
    }

    @Test func whoMakesRoomIsHearsayFirstAndThenWhoCameFirst() {
        var table = PeerTable()
        self.insert(.numbered(1), into: &table)
        self.insert(.numbered(2, standing: .hearsay), into: &table)
        self.insert(.numbered(3), into: &table)
        self.insert(.numbered(4, standing: .hearsay), into: &table)
        #expect(table.nextToMakeRoom() == .numbered(2))
        table.update(.numbered(2)) { $0.standing = .heardOnce }
        #expect(table.nextToMakeRoom() == .numbered(4))
        table.remove(.numbered(4))
        #expect(table.nextToMakeRoom() == .numbered(1))
        table.update(.numbered(1)) { $0.standing = .established }
        #expect(table.nextToMakeRoom() == .numbered(3))
        table.remove(.numbered(3))
        #expect(table.nextToMakeRoom() == .numbered(2))
        table.remove(.numbered(2))
        #expect(table.nextToMakeRoom() == nil)
        #expect(table.contains(.numbered(1)))
    }

    @Test func afterAReconnectAllAreSenior() {
        var table = PeerTable()
        self.insert(.numbered(1), into: &table)
        self.insert(.numbered(2, isShown: false), into: &table)
        #expect((table.seniors, table.shownSeniors) == (0, 0))
        table.becomeJunior()
        #expect((table.seniors, table.shownSeniors) == (2, 1))
        table.remove(.numbered(1))
        #expect((table.seniors, table.shownSeniors) == (1, 0))
    }

    @Test func aStepOfTheClockMovesMomentsAndLeavesBeliefAlone() {
        var table = PeerTable()
        self.insert(.numbered(1, madeAt: .seconds(4)), into: &table)
        table.shiftMoments(by: .seconds(3_600))
        #expect(table[.numbered(1)]?.moment == .after(.seconds(3_604)))
        #expect(table[.numbered(1)]?.birth == .after(.seconds(3_600)))
        #expect(table[.numbered(1)]?.believedFrom == .start)
        #expect(table.nextExpiry == .after(.seconds(20)))
    }

    @Test func beliefCountsFromTheMessageOrFromTheGraceAndForTheShortestTimeAtLeast() {
        let peer = Peer.numbered(1, believedFrom: .after(.seconds(10)), timeToLive: .seconds(20))
        #expect(peer.expiry(graceStart: .start, shortest: .zero) == .after(.seconds(30)))
        #expect(peer.expiry(graceStart: .after(.seconds(15)), shortest: .zero) == .after(.seconds(35)))
        #expect(peer.expiry(graceStart: .start, shortest: .seconds(40)) == .after(.seconds(50)))
    }
}
