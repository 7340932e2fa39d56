import Testing

@testable import ClusterFormation

@Suite struct FallbackGateTests {
    private var gate = FallbackGate(parts: 2, delay: .seconds(30))

    private mutating func isOpen(at seconds: Double) -> Bool {
        self.gate.timerFired(at: .seconds(seconds))
        return self.gate.isOpen
    }

    @Test("It opens when the first strategy has not got started in time")
    mutating func neverStarted() {
        #expect(self.gate.nextDeadline == nil)
        self.gate.begin(at: .seconds(10))
        self.gate.begin(at: .seconds(20))
        #expect(self.gate.nextDeadline == .seconds(40))
        #expect(self.isOpen(at: 39) == false)
        #expect(self.isOpen(at: 40) == true)
        #expect(self.gate.nextDeadline == nil)
    }

    @Test("It stays shut while the first strategy works, and when it fails for a moment")
    mutating func works() {
        self.gate.begin(at: .start)
        self.gate.report(.active, part: 0, at: .seconds(1))
        #expect(self.gate.nextDeadline == nil)
        #expect(self.isOpen(at: 1_000) == false)
        self.gate.report(.impaired, part: 0, at: .seconds(1_000))
        self.gate.report(.impaired, part: 0, at: .seconds(1_020))
        #expect(self.isOpen(at: 1_029) == false)
        self.gate.report(.active, part: 0, at: .seconds(1_029))
        #expect(self.isOpen(at: 2_000) == false)
        self.gate.report(.impaired, part: 0, at: .seconds(2_000))
        #expect(self.isOpen(at: 2_030) == true)
    }

    @Test("It shuts when the first strategy has worked for long enough")
    mutating func shuts() {
        self.gate.begin(at: .start)
        #expect(self.isOpen(at: 30) == true)
        self.gate.report(.active, part: 1, at: .seconds(100))
        #expect(self.isOpen(at: 129) == true)
        self.gate.report(.impaired, part: 1, at: .seconds(129))
        self.gate.report(.active, part: 1, at: .seconds(129.5))
        #expect(self.isOpen(at: 159) == true)
        #expect(self.isOpen(at: 159.5) == false)
    }

    @Test("One part that works is enough")
    mutating func parts() {
        self.gate.begin(at: .start)
        self.gate.report(.active, part: 0, at: .start)
        self.gate.report(.active, part: 1, at: .start)
        self.gate.report(.impaired, part: 0, at: .seconds(1))
        #expect(self.gate.nextDeadline == nil)
        self.gate.report(.stopped, part: 1, at: .seconds(2))
        #expect(self.gate.nextDeadline == .seconds(32))
    }

    @Test("A whole list is a proof where nothing else was said")
    mutating func lists() {
        self.gate.begin(at: .start)
        self.gate.answered(part: 0, at: .seconds(1))
        #expect(self.gate.nextDeadline == nil)
        self.gate.report(.impaired, part: 0, at: .seconds(2))
        self.gate.answered(part: 0, at: .seconds(3))
        #expect(self.gate.nextDeadline == .seconds(32))
    }

    @Test("Without a delay it moves at once")
    mutating func noDelay() {
        self.gate = FallbackGate(parts: 1, delay: .zero)
        self.gate.begin(at: .start)
        #expect(self.isOpen(at: 0) == true)
        self.gate.report(.active, part: 0, at: .seconds(1))
        #expect(self.isOpen(at: 1) == false)
    }
}
