import ClusterFormation
import NIOCore
import NIOPosix
import Testing

@testable import TCPMesh

/// A peer that takes nothing, and a text that is too long for anybody.
@Suite(.timeLimit(.minutes(1))) struct SlowPeerTests {
    @Test func `a peer that does not read loses its link, and nobody waits for it`() async throws {
        let (events, input) = AsyncStream<MeshEvent>.makeStream()
        let mesh = try await MeshTransport.bind(host: "127.0.0.1", port: 0, cluster: "test", name: "") {
            input.yield($0)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await mesh.run() }
            let peer = try await Self.idlePeer(of: mesh)
            let text = String(repeating: "a", count: MeshTransport.longestText)
            for await event in events {
                if case .linked = event {
                    while mesh.broadcast(text) > 0 { await Task.yield() }
                }
                if case .unlinked(_, let reason) = event {
                    #expect(reason == MeshError.slow.description)
                    break
                }
            }
            try? await peer.close()
            group.cancelAll()
        }
    }

    @Test func `a text that is too long goes to nobody, and costs no link`() async throws {
        let (events, input) = AsyncStream<MeshEvent>.makeStream()
        let mesh = try await MeshTransport.bind(host: "127.0.0.1", port: 0, cluster: "test", name: "") {
            input.yield($0)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await mesh.run() }
            let peer = try await Self.idlePeer(of: mesh)
            for await case .linked in events { break }
            #expect(mesh.broadcast(String(repeating: "a", count: MeshTransport.longestText + 1)) == 0)
            // What is longest as JSON fits, too.
            #expect(mesh.broadcast(String(repeating: "\u{1}", count: MeshTransport.longestText)) == 1)
            let longest = MeshFrame.text(body: String(repeating: "\u{1}", count: MeshTransport.longestText))
            var line = ByteBuffer()
            try MeshFrameEncoder().encode(data: longest, out: &line)
            try? await peer.close()
            group.cancelAll()
        }
    }

    /// A peer that has shaken hands, and reads no more.
    private static func idlePeer(of mesh: MeshTransport) async throws -> any Channel {
        let local = MeshIdentity(
            cluster: "test",
            endpoint: try Endpoint(host: "127.0.0.1", port: 1),
            instance: .random(),
            name: "idle"
        )
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.autoRead, value: false)
            .channelOption(.socketOption(.so_rcvbuf), value: 4_096)
            .connect(host: "127.0.0.1", port: mesh.localNode.endpoint.port)
            .get()
        var lines = ByteBuffer()
        for frame in [MeshFrame.hello(identity: local, seeks: nil), .confirm] {
            try MeshFrameEncoder().encode(data: frame, out: &lines)
        }
        try await channel.writeAndFlush(lines)
        return channel
    }
}
