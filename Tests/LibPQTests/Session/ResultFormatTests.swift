import Testing

@testable import LibPQ

@Suite struct ResultFormatTests {
    @Test func `what comes in binary is given as its text, and a time as microseconds since 1970`() async throws {
        let connection = try await Connection.connectToSharedServer()
        for zone in ["UTC", "Asia/Kathmandu"] {
            try await connection.query("SET TimeZone = '\(zone)'")
            let result = try await connection.query(
                """
                SELECT timestamptz '2026-11-26 12:00:00.000001+00', timestamptz '1969-12-31 23:59:59+00', true, false, \
                -7, 9000000000, 'tëxt'::text, NULL::int, pg_catalog.pg_notify('nobody', ''), $1::int4, \
                'nämé'::name, 0.25::float8, -1e300::float8, 0::float8
                """,
                ["-2147483648"],
                format: .binary
            )
            let expected: [String?] = [
                "1795694400000001", "-1000000", "t", "f", "-7", "9000000000", "tëxt", nil, "", "-2147483648",
                "nämé", "0.25", "-1e+300", "0.0",
            ]
            #expect(result.rows == [expected])
        }
        await connection.close(within: .seconds(1))
    }

    @Test func `a type that is not known has no value in binary, and is text otherwise`() async throws {
        let connection = try await Connection.connectToSharedServer()
        let sql = "SELECT point '(1,2)'"
        #expect(try await connection.query(sql, format: .binary).rows == [[nil]])
        #expect(try await connection.query(sql).rows == [["(1,2)"]])
        await connection.close(within: .seconds(1))
    }
}
