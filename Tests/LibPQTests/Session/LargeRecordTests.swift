import ClusterFormationTesting
import LibPQ
import PostgresTesting
import Testing

/// A proxy between client and server that ends TLS and writes the largest records there are, as such proxies do.
///
/// A server's own records hold 8 kB, so only a proxy shows that a read leaves the tail of a record behind.
@Suite(.timeLimit(.minutes(2)))
struct LargeRecordTests {
    @Test(.enabled("there is no python3 with TLS") { try await TLSTerminator.isAvailable })
    func `Answers in records larger than a read come at once, whatever their size`() async throws {
        let server = try await SharedServer.server
        try await TLSTerminator.withTerminator(before: "\(server.socketDirectory)/.s.PGSQL.\(server.port)") { proxy in
            let connection = try await Connection.connect(
                "host=127.0.0.1 port=\(proxy.port) user=postgres dbname=postgres sslmode=require"
            )
            #expect(connection.peer.usesTLS)
            // libpq's buffer holds 16 kB. The first record ends in the middle of the second row, which stays in the buffer,
            // and so the second record does not fit by a little or by a lot.
            for length in stride(from: 8_000, through: 12_600, by: 200) {
                let result = try await connection.query(
                    "SELECT repeat('x', length) FROM unnest(ARRAY[12000, 8000, $1::int]) length",
                    ["\(length)"],
                    timeout: .seconds(10)
                )
                #expect(result.rows.map { $0[0]?.utf8.count } == [12_000, 8_000, length])
            }
            await connection.close(within: .seconds(5))
        }
    }

    @Test(.enabled("there is no python3 with TLS") { try await TLSTerminator.isAvailable })
    func `Notifications in records larger than a read come at once, while nobody asks for anything`() async throws {
        let server = try await SharedServer.server
        try await TLSTerminator.withTerminator(before: "\(server.socketDirectory)/.s.PGSQL.\(server.port)") { proxy in
            let sender = try await Connection.connectToSharedServer()
            let listener = try await Connection.connect(
                "host=127.0.0.1 port=\(proxy.port) user=postgres dbname=postgres sslmode=require"
            )
            let buffer = try await listener.listen("large records")
            let heard = Observed(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await _ in buffer.notifications { heard.update { $0 += 1 } }
                }
                var expected = 0
                // Five of them are a little less than two records.
                for length in stride(from: 6_400, through: 6_520, by: 20) {
                    try await sender.query(
                        "SELECT pg_notify('large records', lpad(i::text, $1::int)) FROM generate_series(1, 5) i",
                        ["\(length)"]
                    )
                    expected += 5
                    let sum = expected
                    try await heard.wait(within: .seconds(10)) {
                        "\($0) of \(sum) notifications"
                    } until: {
                        $0 == sum
                    }
                }
                await listener.close(within: .seconds(5))
                try await group.waitForAll()
            }
            await sender.close(within: .seconds(5))
        }
    }
}
