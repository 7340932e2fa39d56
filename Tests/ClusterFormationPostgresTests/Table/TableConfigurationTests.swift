import ClusterAnnouncements
import ClusterFormation
import LibPQ
import Testing

@testable import ClusterFormationPostgres

/// What is refused before anything is opened, and what the server's words become.
@Suite struct TableConfigurationTests {
    private func error(_ change: (inout PostgresTableConfiguration) -> Void) -> ClusterError? {
        var configuration = PostgresTableConfiguration()
        change(&configuration)
        return #expect(throws: ClusterError.self) {
            try PostgresTableStrategy(connection: "", configuration: configuration)
        }
    }

    @Test func `Options that can't work are refused with the range that can`() throws {
        let errors = [
            self.error { $0.heartbeatInterval = .milliseconds(99) },
            self.error { $0.heartbeatInterval = .seconds(3_601) },
            self.error { $0.timeToLiveIntervals = 1 }, self.error { $0.maximumRowRate = 0 },
            self.error { $0.maximumRowRate = .nan }, self.error { $0.maximumRows = 1 },
            self.error { $0.connectTimeout = .zero }, self.error { $0.statementTimeout = .milliseconds(9) },
            self.error { $0.farewellTimeout = .zero },
        ]
        for error in errors {
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.message.contains("choose") == true)
        }
        #expect(throws: NotifierError.self) { try PostgresTableStrategy(connection: "host='") }
        _ = try PostgresTableStrategy(connection: "")
    }

    @Test(arguments: ["", ".", "a.", ".a", "a.b.c", "a\nb", String(repeating: "x", count: 64)])
    func `A name that is no table's is refused`(name: String) {
        let error = #expect(throws: ClusterError.self) { try PostgresTableStrategy(connection: "", table: name) }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test func `A name is put between quotation marks, whatever is in it`() throws {
        #expect(try TableName("cluster_members").quoted == "\"cluster_members\"")
        #expect(try TableName("Infra.Mem bers").quoted == "\"Infra\".\"Mem bers\"")
        #expect(try TableName("x\"; DROP TABLE y; --").quoted == "\"x\"\"; DROP TABLE y; --\"")
        let statement = try PostgresTableStrategy.createStatement(table: "infra.members")
        #expect(statement.hasPrefix("CREATE UNLOGGED TABLE IF NOT EXISTS \"infra\".\"members\" ("))
        #expect(try PostgresTableStrategy(connection: "", table: "infra.members").createStatement == statement)
    }

    @Test func `A node whose row would be too long is refused`() throws {
        let key = try ClusterKey(bytes: (0..<32).map { UInt8($0) })
        let strategy = try PostgresTableStrategy(connection: "", key: key)
        let long = Dictionary(uniqueKeysWithValues: (0..<8).map { ("\($0)", String(repeating: "x", count: 1_000)) })
        try strategy.validate(clusterName: "orders", localNode: Node(host: "10.0.0.1", port: 7337))
        let error = #expect(throws: ClusterError.self) {
            try strategy.validate(clusterName: "orders", localNode: Node(host: "10.0.0.1", port: 7337, metadata: long))
        }
        #expect(error?.message.contains("Shorten its metadata") == true)
    }

    @Test(arguments: [
        ("42P01", NotifierError.Code.tableMissing), ("3F000", .tableMissing), ("42703", .tableMismatched),
        ("42P10", .tableMismatched), ("42501", .permissionDenied), ("25006", .standby), ("57014", .busy),
        ("0A000", .other), ("53300", .tooManyConnections),
    ])
    func `A refused statement has its code and leaves the session alone`(sqlState: String, code: NotifierError.Code)
        throws
    {
        let statements = TableStatements(try TableName("members"))
        let error = NotifierError(LibPQError(.server, sqlState: sqlState, "x"), on: statements)
        #expect(error.code == code)
        #expect(error.keepsSession)
        #expect(!error.message.contains("\n"))
        #expect(!error.message.contains("LISTEN"))
    }
}
