import ClusterFormation
import ServiceLifecycle
import Synchronization
import TCPMesh

/// Counts what is said, so that a person, or a program, sees that the links carry something.
final class Chat: Sendable {
    private let heard = Mutex<[String: Int]>([:])
    let reporter: Reporter

    init(reporter: Reporter) {
        self.reporter = reporter
    }

    func handle(_ event: MeshEvent) {
        switch event {
        case .text(_, let peer):
            let name = peer.name.isEmpty ? "\(peer.endpoint)" : peer.name
            self.heard.withLock { $0[name, default: 0] += 1 }
        // The cluster's own events tell of the links.
        case .linked, .unlinked: break
        }
    }

    func reportTraffic(round: Int, links: Int) {
        let heard = self.heard.withLock { $0 }
        let counts = heard.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }
        self.reporter.report(
            "traffic",
            ["round": "\(round)", "links": "\(links)", "heard": counts.isEmpty ? "-" : counts.joined(separator: ";")]
        )
    }
}

/// Says something to everybody once a second.
struct ChatService: Service {
    let chat: Chat
    let mesh: MeshTransport

    func run() async {
        await cancelWhenGracefulShutdown {
            var next = ContinuousClock.now
            for round in 1... {
                next = next.advanced(by: .seconds(1))
                // A cancelled sleep is the shutdown.
                guard (try? await Task.sleep(until: next)) != nil else { return }
                let links = self.mesh.broadcast("hello, for the \(round). time")
                self.chat.reportTraffic(round: round, links: links)
            }
        }
    }
}
