import Testing

@testable import ClusterFormation

@Suite struct ConnectQueueTests {
    private var queue = ConnectQueue()

    /// Takes all that there are slots for.
    private mutating func takeAll(limit: Int) -> [ConnectQueue.Line] {
        var lines: [ConnectQueue.Line] = []
        while let (_, line) = self.queue.next(limit: limit, includingUnproven: true, isQueued: { _, _ in true }) {
            lines.append(line)
        }
        return lines
    }

    @Test("A line is served from both ends in turn, and who is not queued any more is passed over")
    mutating func order() throws {
        for number in [3, 1, 4, 5, 2] { self.queue.append(try peer(number).endpoint, to: .first) }
        let gone = try peer(1).endpoint
        var taken: [Endpoint] = []
        while let next = self.queue.next(
            limit: 64,
            includingUnproven: true,
            isQueued: { endpoint, _ in endpoint != gone }
        ) {
            taken.append(next.endpoint)
        }
        #expect(try taken == [3, 2, 5, 4].map { try peer($0).endpoint })
    }

    @Test(
        "Each line alone has its share of the slots",
        arguments: zip(ConnectQueue.Line.allCases, [64, 32, 48, 32, 32])
    )
    mutating func shares(line: ConnectQueue.Line, share: Int) throws {
        for number in 0..<100 { self.queue.append(try peer(number).endpoint, to: line) }
        #expect(self.takeAll(limit: 64).count == share)
    }

    @Test("No line is stuck, however few slots there are", arguments: 1...8)
    mutating func neverStuck(limit: Int) throws {
        for line in ConnectQueue.Line.allCases {
            self.queue.append(try peer(1).endpoint, to: line)
            #expect(self.takeAll(limit: limit) == [line])
            self.queue.ended(line)
        }
        #expect(self.queue.runningCount == 0)
    }

    @Test("Together the lines take no more than there are slots", arguments: 1...70)
    mutating func bounded(limit: Int) throws {
        for number in 0..<300 {
            self.queue.append(try peer(number).endpoint, to: ConnectQueue.Line.allCases[number % 5])
        }
        #expect(self.takeAll(limit: limit).count == limit)
        #expect(self.queue.runningCount == limit)
    }

    @Test("A newcomer that spoke for itself finds a slot beside any crowd that was only heard of")
    mutating func hearsayLeavesRoom() throws {
        for number in 0..<1_000 { self.queue.append(try peer(number).endpoint, to: .hearsay) }
        for number in 1_000..<2_000 { self.queue.append(try peer(number).endpoint, to: .retry) }
        #expect(self.takeAll(limit: 64).count == 32)
        self.queue.append(try peer(3_000).endpoint, to: .first)
        #expect(self.takeAll(limit: 64) == [.first])
    }

    @Test("While strangers have to wait, those who were connected before do not")
    mutating func provenAlone() throws {
        for line in ConnectQueue.Line.allCases { self.queue.append(try peer(1).endpoint, to: line) }
        #expect(self.queue.hasSlotForUnproven(limit: 64))
        #expect(!self.queue.hasSlotForUnproven(limit: 0))
        var taken: [ConnectQueue.Line] = []
        while let (_, line) = self.queue.next(limit: 64, includingUnproven: false, isQueued: { _, _ in true }) {
            taken.append(line)
        }
        #expect(taken == [.again, .returning])
        #expect(self.queue.hasSlotForUnproven(limit: 64))
        #expect(self.takeAll(limit: 64) == [.first, .hearsay, .retry])
        #expect(!self.queue.hasSlotForUnproven(limit: 64))
    }

    @Test("Connects that never return are bounded, for all but those who just lost a link")
    mutating func overdue() throws {
        for number in 0..<1_000 { self.queue.append(try peer(number).endpoint, to: .first) }
        var count = 0
        while let (_, line) = self.queue.next(limit: 4, includingUnproven: true, isQueued: { _, _ in true }) {
            count += 1
            self.queue.becameOverdue(line)
        }
        #expect(count == 64)
        self.queue.append(try peer(2_000).endpoint, to: .again)
        #expect(self.takeAll(limit: 4) == [.again])
        self.queue.overdueEnded()
        #expect(self.takeAll(limit: 4).first == .first)
    }
}
