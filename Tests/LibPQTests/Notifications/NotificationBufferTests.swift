import Testing

@testable import LibPQ

@Suite(.timeLimit(.minutes(1)))
struct NotificationBufferTests {
    private func notifications(_ payloads: some Sequence<Int>) -> [ReceivedNotification] {
        payloads.map { ReceivedNotification(payload: "\($0)", processID: 1) }
    }

    @Test func `What does not fit pushes the oldest out, and is counted`() async throws {
        // Each costs 64 bytes and its digits.
        let buffer = NotificationBuffer(byteLimit: 10 * 66)
        for start in stride(from: 10, to: 100, by: 30) {
            var batch = self.notifications(start..<(start + 30))
            buffer.append(&batch)
        }
        buffer.end(nil)
        var heard: [String] = []
        for try await notification in buffer.notifications { heard.append(notification.payload) }
        #expect(heard == (90..<100).map { "\($0)" })
        #expect(buffer.droppedCount == 80)
    }

    @Test func `What came before the end is heard before the error`() async throws {
        let buffer = NotificationBuffer(byteLimit: 1_000)
        var batch = self.notifications(1...2)
        buffer.append(&batch)
        buffer.end(LibPQError(.connectionLost, "gone"))
        var iterator = buffer.notifications.makeAsyncIterator()
        #expect(try await iterator.next()?.payload == "1")
        #expect(try await iterator.next()?.payload == "2")
        await #expect(throws: LibPQError(.connectionLost, "gone")) { try await iterator.next() }
    }

    @Test func `A cancelled consumer gets a CancellationError and what comes later is kept`() async throws {
        let buffer = NotificationBuffer(byteLimit: 1_000)
        let outcome = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                var iterator = buffer.notifications.makeAsyncIterator()
                do {
                    _ = try await iterator.next()
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            group.cancelAll()
            return await group.next()
        }
        #expect(outcome == true)
        var batch = self.notifications(7...7)
        buffer.append(&batch)
        var iterator = buffer.notifications.makeAsyncIterator()
        #expect(try await iterator.next()?.payload == "7")
    }
}
