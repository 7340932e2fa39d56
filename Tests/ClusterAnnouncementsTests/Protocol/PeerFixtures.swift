import ClusterFormation

@testable import ClusterAnnouncements

extension Peer {
    static func numbered(
        _ number: Int,
        at endpoint: Int? = nil,
        standing: Standing = .heardOnce,
        session: Int32? = nil,
        number message: UInt64 = 1,
        madeAt moment: Duration = .zero,
        believedFrom: Instant = .start,
        knownSince: Instant = .start,
        timeToLive: Duration = .seconds(20),
        isShown: Bool = true,
        isSenior: Bool = false
    ) -> Peer {
        Peer(
            instance: .numbered(number),
            endpoint: .numbered(endpoint ?? number),
            metadata: [:],
            standing: standing,
            processID: session ?? TestNode.session(of: number),
            number: message,
            moment: .after(moment),
            birth: .epoch,
            believedFrom: believedFrom,
            knownSince: knownSince,
            timeToLive: timeToLive,
            isShown: isShown,
            isSenior: isSenior
        )
    }
}
