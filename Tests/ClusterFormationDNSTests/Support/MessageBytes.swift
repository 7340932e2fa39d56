/// Writes DNS messages as bytes, for servers and tests that need one, or a broken one.
struct MessageBytes {
    struct Record {
        /// Nil for the question's own name, written as a pointer.
        var owner: String?
        var type: UInt16
        var timeToLive: UInt32 = 60
        var data: [UInt8]

        static func ipv4(_ octets: [UInt8], owner: String? = nil, timeToLive: UInt32 = 60) -> Self {
            Self(owner: owner, type: 1, timeToLive: timeToLive, data: octets)
        }

        static func ipv6(_ last: UInt16, owner: String? = nil, timeToLive: UInt32 = 60) -> Self {
            let prefix: [UInt8] = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            let data = prefix + MessageBytes.number(last)
            return Self(owner: owner, type: 28, timeToLive: timeToLive, data: data)
        }

        static func service(_ target: String, port: UInt16, timeToLive: UInt32 = 60) -> Self {
            let data = MessageBytes.number(10) + MessageBytes.number(1) + MessageBytes.number(port)
            return Self(type: 33, timeToLive: timeToLive, data: data + MessageBytes.name(target))
        }

        static func alias(_ target: String, owner: String? = nil, timeToLive: UInt32 = 60) -> Self {
            Self(owner: owner, type: 5, timeToLive: timeToLive, data: MessageBytes.name(target))
        }
    }

    var id: UInt16 = 7
    var name = "peers.test"
    var type: UInt16 = 1
    var responseCode: UInt8 = 0
    var isTruncated = false
    var answers: [Record] = []
    var additional: [Record] = []

    var bytes: [UInt8] {
        let flags: UInt16 = 0x8180 | (self.isTruncated ? 0x0200 : 0) | UInt16(self.responseCode)
        let counts = [1, self.answers.count, 0, self.additional.count].flatMap { Self.number(UInt16($0)) }
        var bytes = Self.number(self.id) + Self.number(flags) + counts
        bytes += Self.name(self.name) + Self.number(self.type) + Self.number(1)
        for record in self.answers + self.additional {
            bytes += record.owner.map(Self.name) ?? [0xc0, 12]
            bytes += Self.number(record.type) + Self.number(1)
            bytes += Self.number(UInt16(record.timeToLive >> 16)) + Self.number(UInt16(record.timeToLive & 0xffff))
            bytes += Self.number(UInt16(record.data.count)) + record.data
        }
        return bytes
    }

    static func number(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }

    static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }
}
