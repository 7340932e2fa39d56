import ClusterFormation
import ClusterFormationTesting
import Testing

@testable import ClusterFormationPostgres

@Suite struct NotifyChannelTests {
    @Test func aPlainNameBecomesAPlainChannel() {
        #expect(NotifyChannel(cluster: "orders").description == "cluster_orders")
        #expect(NotifyChannel(cluster: "orders_2").description == "cluster_orders_2")
    }

    @Test(arguments: ["Orders", "or-ders", "größe", "a b", "\"; DROP TABLE x; --", ""])
    func anyOtherNameBecomesAPlainChannelOfItsOwn(name: String) throws {
        let channel = NotifyChannel(cluster: name).description
        #expect(channel.utf8.count <= 63)
        #expect(channel.utf8.hasOnly { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f })
        #expect(try NotifyChannel(channel).description == channel)
    }

    @Test func namesThatDifferOnlyWhereTheyAreCutHaveDifferentChannels() {
        let stem = String(repeating: "long-", count: 20)
        let channels = (0..<100).map { NotifyChannel(cluster: stem + "\($0)") }
        #expect(Set(channels).count == 100)
        #expect(channels.hasOnly { $0.description.utf8.count <= 63 })
        #expect(NotifyChannel(cluster: "Orders") != NotifyChannel(cluster: "orders"))
    }

    @Test func aNameOf55BytesStillFitsAndOneMoreIsHashed() {
        let fits = String(repeating: "a", count: 55)
        #expect(NotifyChannel(cluster: fits).description == "cluster_" + fits)
        #expect(NotifyChannel(cluster: fits + "a").description != "cluster_" + fits + "a")
        #expect(NotifyChannel(cluster: fits + "a").description.utf8.count == 63)
    }

    @Test(arguments: [
        ("", "is empty"), (String(repeating: "x", count: 64), "has 64 bytes"), ("a\u{0}b", "control character"),
        ("a\nb", "control character"),
    ])
    func aNameThatPostgresWouldCutOrMisreadIsRefusedWithTheReason(name: String, reason: String) {
        let error = #expect(throws: ClusterError.self) { try NotifyChannel(name) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains(reason) == true)
    }

    @Test func aNameOfExactly63BytesIsTaken() throws {
        let name = String(repeating: "ä", count: 31) + "x"
        #expect(name.utf8.count == 63)
        #expect(try NotifyChannel(name).description == name)
    }
}
