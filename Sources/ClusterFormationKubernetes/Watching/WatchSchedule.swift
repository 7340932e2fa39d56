internal import ClusterFormation

/// How long is waited before the API is asked again, as a value; with dice of its own.
struct WatchSchedule: Sendable {
    /// How long the server is to keep a watch open, in seconds: not the same for all nodes, so that they do not come back
    /// together.
    static let watchTimeouts = 240...480

    /// How long after the server's own end of a watch its connection is taken for dead.
    static let watchMargin: Duration = .seconds(10)

    /// A watch that ended sooner than this was not one, whatever it said: begun again at once it might never stop ending.
    static let shortestWatch: Duration = .seconds(1)

    /// How long until an empty list is asked for again.
    static let emptyInterval: Duration = .seconds(5)

    private static let longestWait: Duration = .seconds(30)
    private static let jitter = 0.2

    private var generator: SeededGenerator

    init(seed: UInt64) {
        self.generator = SeededGenerator(seed: seed)
    }

    mutating func watchTimeout() -> Int {
        Int.random(in: Self.watchTimeouts, using: &self.generator)
    }

    /// The wait after so many failures in a row: 1 s, 2 s, 4 s up to 30 s, each with a fifth more or less.
    mutating func retry(failures: Int) -> Duration {
        self.spread(min(Self.longestWait, .seconds(1) * (1 << min(max(failures - 1, 0), 5))))
    }

    /// A wait with a fifth more or less.
    mutating func spread(_ duration: Duration) -> Duration {
        duration * Double.random(in: (1 - Self.jitter)...(1 + Self.jitter), using: &self.generator)
    }

    /// The wait that a server asks for, and up to a fifth more, so that not everybody comes back at once.
    mutating func atLeast(_ duration: Duration) -> Duration {
        duration * Double.random(in: 1...(1 + Self.jitter), using: &self.generator)
    }

    /// The wait after the world has moved on too far, when everybody lists at once: none to one second, and up to twice
    /// that each time that it happens again.
    mutating func relist(expirations: Int) -> Duration {
        let longest = min(Self.longestWait, .seconds(1) * (1 << min(max(expirations - 1, 0), 5)))
        return longest * Double.random(in: 0...1, using: &self.generator)
    }
}
