import ClusterAnnouncements
import LibPQ
import Testing

@testable import ClusterFormationPostgres

struct NotifierErrorTests {
    @Test(arguments: [
        ("54000", NotifierError.Code.queueFull), ("53100", .serverUnavailable), ("53200", .serverUnavailable),
        ("57014", .busy), ("55P03", .busy), ("40P01", .busy), ("40001", .busy), ("42501", .permissionDenied),
        ("25006", .standby), ("0A000", .listenUnsupported), ("42601", .listenUnsupported), ("XX000", .other),
    ])
    func `A refused statement has its code and leaves the session alone`(_ sqlState: String, _ code: NotifierError.Code)
    {
        let error = NotifierError(LibPQError(.server, sqlState: sqlState, "x"))
        #expect(error.code == code)
        #expect(error.keepsSession)
        #expect(!NotifierError(LibPQError(.connectionLost, sqlState: sqlState, "x")).keepsSession)
    }

    @Test(arguments: [
        LibPQError.Kind.connectionLost, .statementTimedOut, .closed, .connectTimedOut, .unreachable, .tls, .other,
    ])
    func `Our own verdicts and a broken connection do not`(_ kind: LibPQError.Kind) {
        #expect(!NotifierError(LibPQError(kind, "x")).keepsSession)
        #expect(!PoolerCheck.verdict.keepsSession)
    }

    @Test func `A full queue is explained`() {
        let error = NotifierError(LibPQError(.server, sqlState: "54000", "too many notifications in the NOTIFY queue"))
        #expect(error.message.contains("a listening session sits in a long transaction"))
    }

    @Test func `The end of a connection in the middle of TLS is no misconfiguration`() {
        let error = NotifierError(LibPQError(.connectionLost, "SSL SYSCALL error: EOF detected"))
        #expect(error.code == .connectionLost)
    }
}
