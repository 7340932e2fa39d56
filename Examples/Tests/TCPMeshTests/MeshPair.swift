import ClusterFormation

@testable import TCPMesh

/// Two tables and the connections between them: what is under way arrives in an order that the seed decides, but in
/// order within one connection and direction.
struct MeshPair {
    private enum Word { case hello, welcome, refused, confirm, end }

    /// One direction of one connection.
    private struct Wire: Hashable {
        var dial: Int
        var toSide: Int
    }

    private var tables: [MeshTable]
    private let instances: [InstanceID]
    private let endpoints: [Endpoint]
    private var wires: [Wire: [Word]] = [:]
    /// What each side calls each connection.
    private var ids: [[Int: MeshTable.ConnectionID]] = [[:], [:]]
    private var dialler: [Int: Int] = [:]
    private var links: [Int?] = [nil, nil]
    private var waitsToDial = [0, 1]
    private var generator: Steps
    private(set) var isFulfilled = [false, false]

    init(low: InstanceID, high: InstanceID, seed: UInt64) {
        self.instances = [low, high]
        self.tables = [MeshTable(local: low), MeshTable(local: high)]
        self.endpoints = [1, 2].compactMap { try? Endpoint(host: "127.0.0.1", port: $0) }
        self.generator = Steps(state: seed)
    }

    func link(of side: Int) -> Int? { self.links[side] }

    mutating func run() {
        while true {
            let ready = self.wires.filter { !$0.value.isEmpty }.keys.sorted {
                ($0.dial, $0.toSide) < ($1.dial, $1.toSide)
            }
            let choices = ready.count + self.waitsToDial.count
            guard choices > 0 else { return }
            let choice = Int.random(in: 0..<choices, using: &self.generator)
            if choice < ready.count {
                self.deliver(on: ready[choice])
            } else {
                self.connect(self.waitsToDial.remove(at: choice - ready.count))
            }
        }
    }

    private mutating func connect(_ side: Int) {
        switch self.tables[side].connect(to: self.endpoints[1 - side], instance: self.instances[1 - side]) {
        case .use: self.isFulfilled[side] = true
        case .wait: break
        case .dial(let id): self.dial(id, by: side)
        }
    }

    private mutating func dial(_ id: MeshTable.ConnectionID, by side: Int) {
        let dial = self.dialler.count
        self.dialler[dial] = side
        self.ids[side][dial] = id
        self.send(.hello, on: dial, to: 1 - side)
    }

    private mutating func send(_ word: Word, on dial: Int, to side: Int) {
        self.wires[Wire(dial: dial, toSide: side), default: []].append(word)
    }

    private mutating func deliver(on wire: Wire) {
        guard let word = self.wires[wire]?.removeFirst() else { return }
        let (dial, side) = (wire.dial, wire.toSide)
        if word == .hello { self.ids[side][dial] = self.tables[side].makeID() }
        // This side has ended the connection before.
        guard let id = self.ids[side][dial] else { return }
        let peer = self.instances[1 - side]
        switch word {
        case .hello:
            switch self.tables[side].helloReceived(on: id, from: self.endpoints[1 - side], instance: peer) {
            case .welcome(let previous):
                if let previous { self.end(id: previous, of: side) }
                self.send(.welcome, on: dial, to: 1 - side)
            case .refuse:
                self.send(.refused, on: dial, to: 1 - side)
                self.end(dial, by: side)
            }
        case .welcome: self.decide(self.tables[side].welcomeReceived(on: id, instance: peer), on: dial, of: side)
        case .confirm: self.decide(self.tables[side].confirmReceived(on: id), on: dial, of: side)
        case .refused:
            self.tables[side].crossed(on: id)
            self.end(dial, by: side)
        case .end: self.end(dial, by: side)
        }
    }

    private mutating func decide(_ decision: MeshTable.LinkDecision, on dial: Int, of side: Int) {
        switch decision {
        case .abandon: self.end(dial, by: side)
        case .link(let fulfilsConnect, let stopping):
            if fulfilsConnect { self.isFulfilled[side] = true }
            if self.dialler[dial] == side { self.send(.confirm, on: dial, to: 1 - side) }
            self.links[side] = dial
            for id in stopping { self.end(id: id, of: side) }
        case .linkAndDial(let id, let stopping):
            self.links[side] = dial
            for id in stopping { self.end(id: id, of: side) }
            self.dial(id, by: side)
        }
    }

    private mutating func end(id: MeshTable.ConnectionID, of side: Int) {
        if let dial = self.ids[side].first(where: { $0.value == id })?.key { self.end(dial, by: side) }
    }

    private mutating func end(_ dial: Int, by side: Int) {
        guard let id = self.ids[side].removeValue(forKey: dial) else { return }
        self.send(.end, on: dial, to: 1 - side)
        if self.links[side] == dial { self.links[side] = nil }
        switch self.tables[side].ended(id) {
        case .nothing, .linkClosed: break
        case .connectFailed: self.waitsToDial.append(side)
        case .dial(let id, _): self.dial(id, by: side)
        }
    }
}

/// A small generator, so that a seed is a sequence.
struct Steps: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var word = self.state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
