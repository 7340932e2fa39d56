import ClusterFormation
import Testing

@testable import ClusterFormationPostgres

/// What a leader decides, one input after the other; with a lease of 5 s, a stop time of 1 s and a proof each second.
@Suite struct LeaderMachineTests {
    private static let own: Int32 = 7
    private static let other: Int32 = 8

    private func at(_ seconds: Double) -> Instant { .start.advanced(by: .seconds(seconds)) }

    private func machine() -> LeaderMachine {
        var machine = LeaderMachine(configuration: LeaderConfiguration(), seed: 1)
        machine.sessionOpened(processID: Self.own, at: self.at(0))
        return machine
    }

    /// One that got a lock of which it knows nothing at 0 s, and leads from 6 s on.
    private func leader() -> LeaderMachine {
        var machine = self.machine()
        _ = machine.answered(.tried(isGranted: true, former: nil), askedAt: self.at(0), at: self.at(0))
        _ = machine.answered(.token(40), askedAt: self.at(0), at: self.at(0))
        for second in 1...5 {
            let seen = LeaderMachine.Answer.seen(.init(holder: Self.own))
            #expect(machine.answered(seen, askedAt: self.at(Double(second)), at: self.at(Double(second))) == [])
        }
        #expect(machine.question?.due == self.at(6))
        let actions = machine.answered(.seen(.init(holder: Self.own)), askedAt: self.at(6), at: self.at(6.1))
        #expect(actions == [.begin(token: 40)])
        return machine
    }

    // MARK: Beginning

    @Test func `A lock of which nothing is known is waited for`() {
        let machine = self.leader()
        #expect(machine.isLeading)
        // From the sending of the question.
        #expect(machine.leaseEnd == self.at(11))
    }

    @Test func `Who asks in vain asks again, at another moment than the others`() {
        var machine = self.machine()
        let dues = (0..<20).map { number in
            let moment = self.at(Double(number))
            _ = machine.answered(.tried(isGranted: false, former: nil), askedAt: moment, at: moment)
            return self.at(Double(number)).duration(to: machine.question?.due ?? .start)
        }
        #expect(dues.allSatisfy { $0 >= .milliseconds(500) && $0 <= .seconds(1) })
        #expect(Set(dues).count == 20)
    }

    private func successor(former: Int32?) -> LeaderMachine {
        var machine = self.machine()
        _ = machine.answered(.tried(isGranted: true, former: former), askedAt: self.at(10), at: self.at(10))
        _ = machine.answered(.token(41), askedAt: self.at(10), at: self.at(10))
        return machine
    }

    private let marked = LeaderMachine.Answer.seen(.init(holder: Self.own, former: Self.other))
    private let gone = LeaderMachine.Answer.seen(.init(holder: Self.own))

    @Test func `Who has seen the mark begins when it is gone`() {
        var machine = self.successor(former: Self.other)
        #expect(machine.answered(self.marked, askedAt: self.at(10.1), at: self.at(10.1)) == [])
        #expect(machine.answered(self.gone, askedAt: self.at(10.2), at: self.at(10.2)) == [.begin(token: 41)])
        // Also where it was seen later than the lock was got.
        machine = self.successor(former: nil)
        #expect(machine.answered(self.marked, askedAt: self.at(10.1), at: self.at(10.1)) == [])
        #expect(machine.answered(self.gone, askedAt: self.at(10.2), at: self.at(10.2)) == [.begin(token: 41)])
    }

    @Test func `Nobody begins beside the mark of another, however long it stays`() {
        var machine = self.successor(former: Self.other)
        for second in 11...40 {
            let moment = self.at(Double(second))
            #expect(machine.answered(self.marked, askedAt: moment, at: moment) == [])
        }
        #expect(machine.question?.due == self.at(41))
        #expect(machine.answered(self.gone, askedAt: self.at(41), at: self.at(41)) == [.begin(token: 41)])
    }

    @Test func `A claim without a proof is given up`() {
        var machine = self.successor(former: nil)
        #expect(machine.deadline == self.at(15))
        #expect(machine.timerFired(at: self.at(15)) == [.closeSession(.unproven)])
        #expect(machine.wantsSession)
    }

    // MARK: Doubt

    @Test func `Without a proof for a lease the child is cancelled, and no late answer helps`() {
        var machine = self.leader()
        #expect(machine.timerFired(at: self.at(10.9)) == [])
        let late = machine.answered(.seen(.init(holder: Self.own)), askedAt: self.at(7), at: self.at(11))
        #expect(late == [.cancelChild, .end(.unproven), .closeSession(.unproven)])
        #expect(machine.answered(.seen(.init(holder: Self.own)), askedAt: self.at(11), at: self.at(11.1)) == [])
        #expect(!machine.wantsSession)
        #expect(machine.timerFired(at: self.at(12)) == [.childOverdue])
        #expect(machine.childEnded(hasFailed: false, at: self.at(20)) == [])
        #expect(machine.wantsSession)
    }

    @Test func `An old answer does not shorten the lease`() {
        var machine = self.leader()
        _ = machine.answered(.seen(.init(holder: Self.own)), askedAt: self.at(8), at: self.at(8))
        _ = machine.answered(.seen(.init(holder: Self.own)), askedAt: self.at(7), at: self.at(9))
        #expect(machine.leaseEnd == self.at(13))
    }

    @Test func `A session that is lost, or lives without its lock, ends a leadership at once`() {
        var machine = self.leader()
        #expect(machine.sessionLost(at: self.at(7)) == [.cancelChild, .end(.sessionLost)])
        #expect(machine.sessionLost(at: self.at(7)) == [])
        machine = self.leader()
        let actions = machine.answered(.seen(.init(holder: Self.other)), askedAt: self.at(7), at: self.at(7))
        #expect(actions == [.cancelChild, .end(.lockLost), .closeSession(.lockLost)])
    }

    // MARK: Giving it back

    @Test func `A child that has ended gives the lock back, and the node stays until a successor has seen that`() {
        var machine = self.leader()
        #expect(machine.childEnded(hasFailed: true, at: self.at(7)) == [.end(.failed)])
        #expect(machine.question?.question == .release)
        _ = machine.answered(.released(true), askedAt: self.at(7), at: self.at(7))
        let free = LeaderMachine.Answer.seen(.init(holder: nil, former: Self.own))
        let taken = LeaderMachine.Answer.seen(.init(holder: Self.other, former: Self.own))
        #expect(machine.answered(free, askedAt: self.at(7.1), at: self.at(7.1)) == [])
        #expect(machine.answered(taken, askedAt: self.at(7.2), at: self.at(7.2)) == [])
        #expect(machine.answered(taken, askedAt: self.at(7.3), at: self.at(7.3)) == [.closeSession(nil)])
        #expect(machine.wantsSession)
    }

    @Test func `Without a successor it goes after a while`() {
        var machine = self.leader()
        _ = machine.childEnded(hasFailed: false, at: self.at(7))
        #expect(machine.deadline == self.at(8.5))
        #expect(machine.timerFired(at: self.at(8.5)) == [.closeSession(nil)])
    }

    @Test func `A shutdown lets the child end, then cancels it, then gives it up`() {
        var machine = self.leader()
        #expect(machine.shutDown(gracefully: true, at: self.at(7)) == [])
        for second in 7...16 {
            let moment = self.at(Double(second))
            #expect(machine.answered(.seen(.init(holder: Self.own)), askedAt: moment, at: moment) == [])
        }
        #expect(machine.timerFired(at: self.at(17)) == [.cancelChild])
        #expect(machine.timerFired(at: self.at(18)) == [.childOverdue, .end(.shutdown), .closeSession(nil)])
        #expect(!machine.isFinished)
        _ = machine.childEnded(hasFailed: false, at: self.at(30))
        #expect(machine.isFinished)
    }

    @Test func `A child that ends in time gives the lock back in peace`() {
        var machine = self.leader()
        #expect(machine.shutDown(gracefully: false, at: self.at(7)) == [.cancelChild])
        #expect(machine.shutDown(gracefully: false, at: self.at(7)) == [])
        #expect(machine.childEnded(hasFailed: false, at: self.at(7.5)) == [.end(.shutdown)])
        #expect(machine.answered(.released(true), askedAt: self.at(7.5), at: self.at(7.5)) == [])
        #expect(machine.timerFired(at: self.at(9)) == [.closeSession(nil)])
        #expect(machine.isFinished)
    }

    @Test func `A node that only seeks ends at once`() {
        var machine = self.machine()
        #expect(machine.shutDown(gracefully: true, at: self.at(1)) == [.closeSession(nil)])
        #expect(machine.isFinished)
        #expect(machine.answered(.tried(isGranted: true, former: nil), askedAt: self.at(0), at: self.at(1)) == [])
        #expect(machine.question == nil)
    }

    @Test func `A key means the same two locks everywhere`() {
        // SELECT encode(sha256('swift-cluster-formation leader:reports'), 'hex')
        let locks = LeaderLocks(key: "reports")
        #expect(UInt64(bitPattern: locks.lock) == 0xd8a4_c453_ecbc_18e4)
        #expect(UInt64(bitPattern: locks.mark) == 0x7e45_1d3e_13d6_2834)
    }
}
