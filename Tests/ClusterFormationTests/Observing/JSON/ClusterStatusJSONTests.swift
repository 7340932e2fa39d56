import Logging
import Testing

@testable import ClusterFormation

/// The texts here are the form that other programs read: a test that fails says that they would be broken.
@Suite struct ClusterStatusJSONTests {
    typealias LinkState = ClusterStatus.Peer.LinkState

    static let digits = "0000000000000007" + "0000000000000001"

    static let links: [(LinkState, String)] = [
        (.notWanted, #"{"state":"not_wanted"}"#),
        (.notAllowed, #"{"state":"not_allowed"}"#),
        (.queued, #"{"state":"queued"}"#),
        (.connecting(isOverdue: false), #"{"is_overdue":false,"state":"connecting"}"#),
        (.connecting(isOverdue: true), #"{"is_overdue":true,"state":"connecting"}"#),
        (.connected, #"{"state":"connected"}"#),
        (
            .retrying(failures: 3, in: .milliseconds(1_250), lastError: "no route \"to\" host"),
            #"{"failures":3,"last_error":"no route \"to\" host","retry_in_seconds":1.25,"state":"retrying"}"#
        ),
        (.refused(reason: "another"), #"{"reason":"another","state":"refused"}"#),
        (.disconnecting, #"{"state":"disconnecting"}"#),
    ]

    static let conditions: [(StrategyCondition, String)] = [
        (.starting, #"{"state":"starting"}"#),
        (.active, #"{"state":"active"}"#),
        (.active(note: "A standby."), #"{"message":"A standby.","state":"active"}"#),
        (
            .impaired(code: "unreachable", message: "Start it."),
            #"{"code":"unreachable","message":"Start it.","state":"impaired"}"#
        ),
        (.stopped, #"{"state":"stopped"}"#),
    ]

    @Test("Every state of a link has its words", arguments: links) func link(link: LinkState, text: String) throws {
        #expect(try json(link) == text)
        #expect(try fromJSON(text) == link)
    }

    @Test("Every condition of a strategy has its words", arguments: conditions)
    func condition(condition: StrategyCondition, text: String) throws {
        #expect(try json(condition) == text)
        #expect(try fromJSON(text) == condition)
    }

    @Test("Every phase has its word", arguments: [ClusterStatus.Phase.idle, .running, .stopping, .stopped])
    func phase(phase: ClusterStatus.Phase) throws {
        var status = try Self.status()
        status.phase = phase
        #expect(try json(status).contains(#""phase":"\#(phase.rawValue)""#))
        #expect(try fromJSON(json(status)) == status)
    }

    @Test("A status is one document of version 1") func status() throws {
        let status = try Self.status()
        let text =
            #"{"cluster_name":"orders","is_observer":false,"links_peers":true,"local_node":{"endpoint":"192.0.2.1:7000","#
            + #""instance":"00000000000000000000000000000000","metadata":{"zone":"eu-1a"}},"#
            + #""peers":[{"link":{"state":"connected"},"node":{"endpoint":"10.0.0.7:7000","#
            + #""instance":"\#(Self.digits)","metadata":{}},"strategies":["postgres","dns"]},"#
            + #"{"link":{"state":"queued"},"node":{"endpoint":"[2001:db8::7]:7000","metadata":{}},"strategies":[]}],"#
            + #""phase":"running","refused_peers":2,"strategies":[{"condition":{"state":"active"},"name":"postgres"}],"#
            + #""uptime_seconds":62.5,"version":1}"#
        #expect(try json(status) == text)
        #expect(try fromJSON(text) == status)
    }

    @Test("What a later version adds is passed over") func additions() throws {
        let status = try Self.status()
        var text = try json(status)
        text.insert(contentsOf: #""weather":{"rain":[1,2]},"#, at: text.index(after: text.startIndex))
        #expect(try fromJSON(text) == status)
    }

    @Test(
        "What can't be understood is an error",
        arguments: [
            (#""version":1"#, #""version":2"#), (#""state":"queued""#, #""state":"dreaming""#),
            (#""state":"active""#, #""state":"bored""#), (#""phase":"running""#, #""phase":"jumping""#),
            (#""uptime_seconds":62.5"#, #""uptime_seconds":1e300"#), ("10.0.0.7:7000", "10.0.0.7"),
            (digits, "7"),
        ]
    ) func errors(sound: String, wrong: String) throws {
        let text = try json(Self.status())
        let broken = text.replacing(sound, with: wrong)
        #expect(broken != text)
        #expect(throws: DecodingError.self) { try fromJSON(broken, as: ClusterStatus.self) }
    }

    @Test("A readiness is one document of version 1") func readiness() throws {
        let readiness = Readiness(isReady: false, reasons: ["1 of at least 2 peers are connected, 4 are known."])
        let text = #"{"is_ready":false,"reasons":["1 of at least 2 peers are connected, 4 are known."],"version":1}"#
        #expect(try json(readiness) == text)
        #expect(try fromJSON(text) == readiness)
    }

    @Test("A cluster's status has its name") func name() throws {
        let cluster = try Cluster(
            name: "orders",
            localNode: localNode(),
            strategy: [] as StaticStrategy,
            connector: ClosureConnector { _, _ in },
            logger: .init(label: "test")
        )
        #expect(cluster.status.clusterName == "orders")
    }

    private static func status() throws -> ClusterStatus {
        var far = try peer(0, life: nil)
        far.endpoint = try Endpoint(host: "2001:db8::7", port: 7000)
        return ClusterStatus(
            clusterName: "orders",
            localNode: try localNode(metadata: ["zone": "eu-1a"]),
            linksPeers: true,
            isObserver: false,
            phase: .running,
            uptime: .milliseconds(62_500),
            peers: [
                .init(node: try peer(7), link: .connected, strategies: ["postgres", "dns"]),
                .init(node: far, link: .queued, strategies: []),
            ],
            strategies: [.init(name: "postgres", condition: .active)],
            refusedPeers: 2
        )
    }
}
