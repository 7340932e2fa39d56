import ClusterFormation
import Testing

@testable import ClusterAnnouncements

extension PeerTable {
    fileprivate mutating func insert(_ peer: Peer) {
        self.insert(peer, at: self.place(of: peer.endpoint), believedFor: .zero)
    }
}

@Suite struct PeerTableTests {
    private func peer(
        _ number: Int,
        at endpoint: Int,
        process: Int32,
        lastHeard: Instant,
        lives: Int,
        isShown: Bool = true
    ) -> PeerTable.Peer {
        PeerTable.Peer(
            instance: .numbered(number),
            endpoint: .numbered(endpoint),
            metadata: [:],
            sequence: 1,
            birth: .start,
            lastHeard: lastHeard,
            timeToLive: .milliseconds(lives),
            processID: process,
            isShown: isShown
        )
    }

    /// What the table must agree with: dictionaries, and passes over all of it.
    private struct Model {
        struct Entry {
            var endpoint: Int
            var process: Int32
            var expiry: Int
            var isShown: Bool
        }
        var entries: [Int: Entry] = [:]
    }

    @Test(arguments: 0..<20) func itAgreesWithPlainDictionaries(seed: UInt64) {
        var dice = SeededNumbers(seed: seed)
        var secret = SeededGenerator(seed: seed)
        var table = PeerTable(local: .numbered(50), secret: HashSecret(using: &secret))
        var model = Model()
        var now = 0
        for step in 0..<600 {
            let number = Int.random(in: 1...100, using: &dice)
            let endpoint = Int.random(in: 1...150, using: &dice)
            let process = Int32.random(in: 0...5, using: &dice)
            let lives = Int.random(in: 1_000...9_000, using: &dice)
            let isShown = Bool.random(using: &dice)
            let moment = Instant.start.advanced(by: .milliseconds(now))
            let isFree = !model.entries.contains { $0.key != number && $0.value.endpoint == endpoint }
            switch Int.random(in: 0..<10, using: &dice) {
            case 0..<5 where model.entries[number] == nil && isFree:
                table.insert(
                    self.peer(
                        number,
                        at: endpoint,
                        process: process,
                        lastHeard: moment,
                        lives: lives,
                        isShown: isShown
                    )
                )
                model.entries[number] = .init(
                    endpoint: endpoint,
                    process: process,
                    expiry: now + lives,
                    isShown: isShown
                )
            case 0..<7 where model.entries[number] != nil && isFree:
                table.update(.numbered(number)) { peer in
                    peer.endpoint = .numbered(endpoint)
                    peer.processID = process
                    peer.isShown = isShown
                    peer.lastHeard = Nanoseconds(moment)
                    peer.timeToLive = .milliseconds(lives)
                    peer.isEstablished = Bool.random(using: &dice) || peer.isEstablished
                }
                model.entries[number] = .init(
                    endpoint: endpoint,
                    process: process,
                    expiry: now + lives,
                    isShown: isShown
                )
            case 7:
                #expect((table.remove(.numbered(number)) != nil) == (model.entries.removeValue(forKey: number) != nil))
            default:
                now += Int.random(in: 0...1_500, using: &dice)
                let moment = Instant.start.advanced(by: .milliseconds(now))
                let (expired, _) = table.removeExpired(at: moment, provenAt: moment) { peer in
                    peer.lastHeard.instant.advanced(by: peer.timeToLive)
                }
                let overdue = model.entries.filter { $0.value.expiry <= now }
                #expect(Set(expired.map(\.instance)) == Set(overdue.keys.map { .numbered($0) }))
                for key in overdue.keys { model.entries[key] = nil }
            }
            guard step.isMultiple(of: 30) else { continue }
            #expect(Set(table.all.map(\.instance)) == Set(model.entries.keys.map { .numbered($0) }))
            #expect(table.count == model.entries.count)
            #expect(table.rank == model.entries.keys.count { $0 < 50 })
            #expect(table.shownRank == model.entries.count { $0.key < 50 && $0.value.isShown })
            for process in Int32(1)...5 {
                #expect(table.instances(inSession: process) == model.entries.values.count { $0.process == process })
            }
            for endpoint in 1...150 {
                let holder = model.entries.first { $0.value.endpoint == endpoint }?.key
                #expect(table.peer(at: .numbered(endpoint))?.instance == holder.map { .numbered($0) })
            }
        }
    }

    @Test func theEarliestExpiryIsNeverLate() {
        var secret = SeededGenerator(seed: 1)
        var table = PeerTable(local: .numbered(50), secret: HashSecret(using: &secret))
        table.insert(self.peer(1, at: 1, process: 1, lastHeard: .start, lives: 9_000))
        table.update(.numbered(1)) { $0.timeToLive = .milliseconds(2_000) }
        #expect(table.nextExpiry == .start.advanced(by: .milliseconds(2_000)))
    }

    @Test func whoMakesRoomIsHearsayFirstAndThenWhoCameFirst() {
        var secret = SeededGenerator(seed: 1)
        var table = PeerTable(local: .numbered(50), secret: HashSecret(using: &secret))
        table.insert(self.peer(1, at: 1, process: 1, lastHeard: .start, lives: 9_000))
        table.insert(self.peer(2, at: 2, process: 0, lastHeard: .start, lives: 9_000))
        table.insert(self.peer(3, at: 3, process: 3, lastHeard: .start, lives: 9_000))
        #expect(table.evictable == .numbered(2))
        table.update(.numbered(2)) { $0.processID = 2 }
        #expect(table.evictable == .numbered(1))
        table.update(.numbered(1)) { $0.isEstablished = true }
        #expect(table.evictable == .numbered(3))
        table.remove(.numbered(3))
        #expect(table.evictable == .numbered(2))
        table.remove(.numbered(2))
        #expect(table.evictable == nil)
    }

    @Test func aPeerIsCompact() {
        #expect(MemoryLayout<PeerTable.Peer>.stride <= 96)
    }

    @Test(arguments: [
        Duration.zero, .nanoseconds(1), .seconds(3_600), .seconds(-3_600), .seconds(100 * 365 * 86_400),
        .milliseconds(-1), .seconds(9_223_372_036),
    ])
    func aMomentInNanosecondsIsTheSameMoment(duration: Duration) {
        #expect(Nanoseconds(duration).duration == duration)
    }

    @Test func aMomentBeyondReachIsTheLastOne() {
        let far = Nanoseconds(.seconds(Int64.max))
        #expect(far.advanced(by: far) == far)
        #expect(Nanoseconds(.seconds(Int64.min)) < Nanoseconds(.seconds(-9_000_000_000)))
    }
}
