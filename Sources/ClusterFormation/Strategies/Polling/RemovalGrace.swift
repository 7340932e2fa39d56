/// For how long a peer is kept that is missing from whole answers.
public struct RemovalGrace: Hashable, Sendable, CustomStringConvertible {
    enum Wrapped: Hashable, Sendable {
        case answers(Int)
        case duration(Duration)
    }

    let wrapped: Wrapped

    /// Until so many whole answers in a row lack it, 1 to 100; with 1 the first one that lacks it removes it.
    public static func answers(_ count: Int) -> RemovalGrace { RemovalGrace(wrapped: .answers(count)) }

    /// Until a whole answer lacks it this long after the first one that did, zero to one day.
    public static func duration(_ duration: Duration) -> RemovalGrace { RemovalGrace(wrapped: .duration(duration)) }

    /// The grace in words.
    public var description: String {
        switch self.wrapped {
        case .answers(let count): "\(count) answers"
        case .duration(let duration): "\(duration)"
        }
    }

    /// What is wrong with it, or nil.
    var flaw: String? {
        switch self.wrapped {
        case .answers(let count):
            (1...100).contains(count) ? nil : "removalGrace is \(count) answers; choose 1 to 100."
        case .duration(let duration):
            duration >= .zero && duration <= .seconds(24 * 3600)
                ? nil : "removalGrace is \(duration); choose zero to a day."
        }
    }
}
