import Testing

@testable import LibPQ

struct ServerRoleTests {
    private typealias Facts = ServerRole.Facts

    @Test(arguments: [
        (ServerRole.any, true, true, true, true), (.primary, true, true, false, false),
        (.readWrite, true, false, false, false), (.readOnly, false, true, true, true),
        (.standby, false, false, true, true), (.preferStandby, false, false, true, true),
    ])
    func `A server fits a role or does not`(
        _ role: ServerRole,
        _ primary: Bool,
        _ readOnlyPrimary: Bool,
        _ standby: Bool,
        _ readOnlyStandby: Bool
    ) {
        let expected = [primary, readOnlyPrimary, standby, readOnlyStandby]
        let facts = [(false, false), (false, true), (true, false), (true, true)]
        for ((isStandby, isReadOnly), fits) in zip(facts, expected) {
            let verdict = role.judge(Facts(isStandby: isStandby, isReadOnly: isReadOnly))
            #expect((verdict == .fits) == fits, "\(role) \(isStandby) \(isReadOnly)")
        }
    }

    @Test func `What was not told has to be asked for`() {
        let nothing = Facts(reported: { _ in nil })
        for role in [ServerRole.primary, .standby, .preferStandby, .readWrite, .readOnly] {
            #expect(role.judge(nothing) == .unknown)
        }
        #expect(ServerRole.any.judge(nothing) == .fits)
        #expect(Facts(answer: ["t", "on"]) == Facts(isStandby: true, isReadOnly: true))
        #expect(Facts(answer: ["f", "off"]) == Facts(isStandby: false, isReadOnly: false))
        #expect(Facts(answer: [nil]) == Facts(isStandby: nil, isReadOnly: nil))
        #expect(Facts(reported: { $0 == "in_hot_standby" ? "on" : "off" }) == Facts(isStandby: true, isReadOnly: false))
    }
}
