import Testing

@testable import PostgresTesting

@Suite struct NotificationFilterTests {
    private func message(_ type: Character, _ body: String) -> [UInt8] {
        let length = body.utf8.count + 4
        return [type.asciiValue ?? 0, 0, 0, UInt8(length >> 8), UInt8(length & 0xff)] + Array(body.utf8)
    }

    private func pass(_ bytes: [UInt8], inPiecesOf size: Int, dropsNotifications: Bool = true) -> [UInt8] {
        var filter = NotificationFilter()
        return stride(from: 0, to: bytes.count, by: size).flatMap { start in
            filter.pass(Array(bytes[start..<min(start + size, bytes.count)]), dropsNotifications: dropsNotifications)
        }
    }

    @Test(arguments: [1, 2, 3, 5, 7, 1_000])
    func `notifications are taken out wherever the pieces end`(size: Int) {
        let before =
            self.message("R", "ok") + self.message("Z", "I") + self.message("N", "a notice") + self.message("1", "")
        let notification = self.message("A", "pid and channel and payload")
        let after = self.message("C", "NOTIFY")
        let stream = before + notification + after + notification
        #expect(self.pass(stream, inPiecesOf: size) == before + after)
        #expect(self.pass(stream, inPiecesOf: size, dropsNotifications: false) == stream)
    }

    @Test func `a no to encryption is passed, and what follows is still read`() {
        let notification = self.message("A", "payload")
        let no = Array("NN".utf8)
        #expect(self.pass(no + self.message("R", "ok") + notification, inPiecesOf: 1) == no + self.message("R", "ok"))
    }

    @Test func `after a yes to encryption everything is passed`() {
        let stream = Array("S".utf8) + self.message("A", "what only looks like one")
        #expect(self.pass(stream, inPiecesOf: 4) == stream)
    }
}
