import ClusterFormation
import Testing

/// The texts here are the form that other programs read: a test that fails says that they would be broken.
@Suite struct ClusterEventJSONTests {
    @Test("Every event is one object of version 1") func events() throws {
        let node = #""node":{"endpoint":"10.0.0.7:7000","instance":"00000000000000070000000000000001","metadata":{}}"#
        let next = #""node":{"endpoint":"10.0.0.7:7000","instance":"00000000000000070000000000000002","metadata":{}}"#
        let peer = try peer(7)
        let forms: [(ClusterEvent, String)] = [
            (.peerDiscovered(peer), #"{"event":"peer_discovered",\#(node),"version":1}"#),
            (.peerUpdated(peer), #"{"event":"peer_updated",\#(node),"version":1}"#),
            (
                .peerReplaced(try ClusterFormationTests.peer(7, life: 2), previous: peer),
                #"{"event":"peer_replaced",\#(next),\#(node.replacing("node", with: "previous")),"version":1}"#
            ),
            (.peerConnected(peer), #"{"event":"peer_connected",\#(node),"version":1}"#),
            (
                .peerDisconnected(peer, reason: "reset"),
                #"{"event":"peer_disconnected",\#(node),"reason":"reset","version":1}"#
            ),
            (
                .connectFailed(peer, failures: 4, retryIn: .milliseconds(300), message: "refused"),
                #"{"event":"connect_failed","failures":4,"message":"refused",\#(node),"retry_in_seconds":0.3,"version":1}"#
            ),
            (
                .connectRefused(peer, message: "another"),
                #"{"event":"connect_refused","message":"another",\#(node),"version":1}"#
            ),
            (
                .peerVouchersChanged(peer, strategies: ["dns", "postgres"]),
                #"{"event":"peer_vouchers_changed",\#(node),"strategies":["dns","postgres"],"version":1}"#
            ),
            (
                .peerUnvouched(peer, .sessionEnded),
                #"{"event":"peer_unvouched",\#(node),"reason":"session_ended","version":1}"#
            ),
            (.peerForgotten(peer, .left), #"{"event":"peer_forgotten",\#(node),"reason":"left","version":1}"#),
            (
                .strategyChanged(name: "postgres", .impaired(code: "unreachable", message: "Start it.")),
                #"{"condition":{"code":"unreachable","message":"Start it.","state":"impaired"},"#
                    + #""event":"strategy_changed","strategy":"postgres","version":1}"#
            ),
            (
                .endpointConflict(peer.endpoint, isLocal: true),
                #"{"endpoint":"10.0.0.7:7000","event":"endpoint_conflict","is_local":true,"version":1}"#
            ),
            (.missed(12), #"{"count":12,"event":"missed","version":1}"#),
        ]
        for (event, text) in forms { #expect(try json(event) == text) }
    }

    @Test("Every reason for a loss has its word") func reasons() throws {
        let reasons: [(LossReason, String)] = [
            (.left, "left"), (.expired, "expired"), (.sessionEnded, "session_ended"), (.unlisted, "unlisted"),
            (.evicted, "evicted"), (.localNode, "local_node"),
        ]
        for (reason, word) in reasons {
            #expect(try json(ClusterEvent.peerForgotten(peer(7), reason)).contains(#""reason":"\#(word)""#))
        }
    }
}
