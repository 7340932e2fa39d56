import ClusterFormationTesting
import LibPQ
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ConnectionTests {
    @Test func `Rows come as text, with parameters in their places and nulls as nil`() async throws {
        let connection = try await Connection.connectToSharedServer()
        let result = try await connection.query("SELECT $1::text, NULL, $2::int + 1", ["ü'", "41"])
        #expect(result.rows == [["ü'", nil, "42"]])
        #expect(try await connection.query("SELECT 1 WHERE false").rows.isEmpty)
        await connection.close(within: .seconds(5))
    }

    @Test func `A refused statement says why and harms nothing`() async throws {
        let connection = try await Connection.connectToSharedServer()
        let error = await libPQError { try await connection.query("SELECT nonsense") }
        #expect(error?.kind == .server)
        #expect(error?.sqlState == "42703")
        #expect(error?.message == "column \"nonsense\" does not exist")
        #expect(try await connection.query("SELECT 1").scalar == "1")
        await connection.close(within: .seconds(5))
    }

    @Test func `Three hundred statements at once all get their own answer`() async throws {
        let connection = try await Connection.connectToSharedServer()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<300 {
                group.addTask { try await connection.query("SELECT $1::int", ["\(index)"]).scalar == "\(index)" }
            }
            for try await isRight in group { #expect(isRight) }
        }
        await connection.close(within: .seconds(5))
    }

    @Test func `A parameter of 24 MB goes through`() async throws {
        let connection = try await Connection.connectToSharedServer()
        let big = String(repeating: "x", count: 24 << 20)
        #expect(try await connection.query("SELECT length($1)", [big]).scalar == "\(24 << 20)")
        await connection.close(within: .seconds(5))
    }

    @Test func `A statement that takes too long ends the connection, at its own deadline`() async throws {
        let connection = try await Connection.connectToSharedServer()
        let buffer = try await connection.listen("timeout")
        let error = await libPQError { try await connection.query("SELECT pg_sleep(600)", timeout: .milliseconds(100)) }
        #expect(error?.kind == .statementTimedOut)
        #expect(connection.isClosed)
        var iterator = buffer.notifications.makeAsyncIterator()
        await #expect(throws: LibPQError.self) { try await iterator.next() }
        let later = await libPQError { try await connection.query("SELECT 1") }
        #expect(later?.kind == .statementTimedOut)
    }

    @Test func `A statement cancelled in flight frees its caller and leaves the connection usable`() async throws {
        let connection = try await Connection.connectToSharedServer()
        let holder = try await Connection.connectToSharedServer()
        try await holder.query("SELECT pg_advisory_lock(4711)")
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    try await connection.query("SELECT pg_advisory_lock(4711)", timeout: .seconds(20))
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            group.addTask {
                do {
                    try await connection.query("SELECT 'behind it'")
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            group.cancelAll()
            for try await wasCancelled in group { #expect(wasCancelled) }
        }
        await holder.close(within: .seconds(5))
        #expect(try await connection.query("SELECT 1").scalar == "1")
        await connection.close(within: .seconds(5))
    }

    @Test func `Notices of the server go nowhere`() async throws {
        let connection = try await Connection.connectToSharedServer()
        try await connection.query("DO $$ BEGIN RAISE WARNING 'nobody hears this'; END $$")
        #expect(try await connection.query("SELECT 1").scalar == "1")
        await connection.close(within: .seconds(5))
    }

    @Test func `COPY ends the connection instead of hanging it`() async throws {
        let connection = try await Connection.connectToSharedServer()
        let error = await libPQError { try await connection.query("COPY (SELECT 1) TO STDOUT") }
        #expect(error?.kind == .invalidArgument)
        #expect(connection.isClosed)
    }

    @Test func `A text with a NUL in it is refused, not cut, and harms nothing`() async throws {
        let connection = try await Connection.connectToSharedServer()
        for refusal in [
            await libPQError { try await connection.query("SELECT $1", ["a\u{0}b"]) },
            await libPQError { try await connection.query("SELECT 'a\u{0}b'") },
            await libPQError { try await connection.perform("SELECT 'a\u{0}b'", within: .seconds(5)) },
            await libPQError { _ = try await connection.quote("a\u{0}b") },
        ] {
            #expect(refusal?.kind == .invalidArgument)
        }
        #expect(try await connection.query("SELECT 1").scalar == "1")
        await connection.close(sending: "SELECT 'a\u{0}b'", within: .seconds(5))
        #expect(connection.isClosed)
    }

    @Test func `Of the most parameters that there can be none is lost, and one more is refused`() async throws {
        let connection = try await Connection.connectToSharedServer()
        let sum = (1...65_535).map { "$\($0)::int" }.joined(separator: ",")
        let ones = [String?](repeating: "1", count: 65_535)
        let result = try await connection.query("SELECT cardinality(ARRAY[\(sum)])", ones)
        #expect(result.scalar == "65535")
        let refusal = await libPQError { try await connection.query("SELECT 1", ones + ["1"]) }
        #expect(refusal?.kind == .invalidArgument)
        await connection.close(within: .seconds(5))
    }

    @Test func `A statement that meets the session's end fails, and never has an empty answer`() async throws {
        let executioner = try await Connection.connectToSharedServer()
        for _ in 0..<30 {
            let connection = try await Connection.connectToSharedServer()
            async let end: StatementResult = executioner.query(
                "SELECT pg_terminate_backend($1::int)",
                ["\(connection.peer.processID)"]
            )
            var error: LibPQError?
            while error == nil {
                error = await libPQError {
                    let result = try await connection.query("SELECT 'an answer'")
                    #expect(result.scalar == "an answer")
                }
            }
            #expect(error?.kind == .connectionLost)
            _ = try await end
        }
        await executioner.close(within: .seconds(5))
    }

    // MARK: - Closing

    @Test func `Closing says a last thing, ends the sequence, and works in a cancelled task`() async throws {
        let listener = try await Connection.connectToSharedServer()
        let heard = try await listener.listen("farewell")
        let connection = try await Connection.connectToSharedServer()
        let own = connection
        let buffer = try await connection.listen("own")
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await own.close(sending: "SELECT pg_notify('farewell', $1)", ["bye"], within: .seconds(60))
            }
            group.cancelAll()
        }
        var iterator = heard.notifications.makeAsyncIterator()
        #expect(try await iterator.next()?.payload == "bye")
        var ended = buffer.notifications.makeAsyncIterator()
        #expect(try await ended.next() == nil)
        let late = await libPQError { try await connection.query("SELECT 1") }
        #expect(late?.kind == .closed)
        await connection.close(within: .seconds(5))
        await listener.close(within: .seconds(5))
    }

    @Test func `Closing is bounded even when the server is busy with a statement`() async throws {
        let connection = try await Connection.connectToSharedServer()
        await withTaskGroup(of: LibPQError?.self) { group in
            // A child that starts at once on the connection's executor, so the statement is in flight first.
            group.addImmediateTask {
                await libPQError { try await connection.query("SELECT pg_sleep(600)") }
            }
            group.addTask {
                await connection.close(sending: "SELECT 1", within: .milliseconds(200))
                return nil
            }
            for await error in group where error != nil { #expect(error?.kind == .closed) }
        }
        #expect(connection.isClosed)
    }

    // MARK: - Notifications

    @Test func `A burst that nobody reads is bounded, and its loss is counted`() async throws {
        let connection = try await Connection.connectToSharedServer()
        let buffer = try await connection.listen("burst \"quoted\"", byteLimit: 100 * 1_064)
        let payload = String(repeating: "x", count: 990)
        try await connection.query(
            "SELECT count(pg_notify($1, $2 || to_char(i, 'FM0000000000'))) FROM generate_series(1, 5000) i",
            ["burst \"quoted\"", payload]
        )
        // Another round trip: the server sends notifications after the statement's answer.
        try await connection.query("SELECT 1")
        await connection.close(within: .seconds(5))
        var count = 0
        var last = ""
        for try await notification in buffer.notifications {
            count += 1
            last = notification.payload
        }
        #expect(count == 100)
        #expect(buffer.droppedCount == 4_900)
        #expect(last.hasSuffix("0000005000"))
    }

    @Test func `Two of Unicode's forms of one name are two channels`() async throws {
        let connection = try await Connection.connectToSharedServer()
        let names = ["caf\u{e9}", "cafe\u{301}"]
        let buffers = [try await connection.listen(names[0]), try await connection.listen(names[1])]
        for (name, payload) in zip(names, ["composed", "decomposed"]) {
            try await connection.query("SELECT pg_notify($1, $2)", [name, payload])
        }
        try await connection.query("SELECT 1")
        await connection.close(within: .seconds(5))
        for (buffer, expected) in zip(buffers, ["composed", "decomposed"]) {
            var heard: [String] = []
            for try await notification in buffer.notifications { heard.append(notification.payload) }
            #expect(heard == [expected])
        }
    }

    @Test func `Each listener hears its own channel, and two on one channel hear the same`() async throws {
        let connection = try await Connection.connectToSharedServer()
        let first = try await connection.listen("one")
        let second = await connection.subscribe(to: "one")
        let other = try await connection.listen("other")
        try await connection.query("SELECT pg_notify('one', '1'), pg_notify('other', '2')")
        try await connection.query("SELECT 1")
        #expect(await connection.unsubscribe(first) == false)
        #expect(await connection.unsubscribe(second) == true)
        await connection.close(within: .seconds(5))
        for (buffer, expected) in [(first, ["1"]), (second, ["1"]), (other, ["2"])] {
            var heard: [String] = []
            for try await notification in buffer.notifications {
                heard.append(notification.payload)
                #expect(notification.processID == connection.peer.processID)
            }
            #expect(heard == expected)
        }
    }
}
