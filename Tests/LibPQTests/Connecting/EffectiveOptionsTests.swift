import Testing

@testable import LibPQ

struct EffectiveOptionsTests {
    @Test func `A role is what somebody has asked for, not what libpq says by itself`() throws {
        #expect(try EffectiveOptions(["target_session_attrs": "any"], namesRole: false).role == nil)
        #expect(try EffectiveOptions(["target_session_attrs": "any"], namesRole: true).role == .any)
        #expect(try EffectiveOptions(ConnectionString("host=a,b")).role == nil)
        #expect(try EffectiveOptions(ConnectionString("host=a,b target_session_attrs=any")).role == .any)
        #expect(try EffectiveOptions(ConnectionString("host=a target_session_attrs=standby")).role == .standby)
    }

    @Test func `A role that does not exist is a mistake, wherever it was asked for`() {
        let error = #expect(throws: LibPQError.self) {
            try EffectiveOptions(["target_session_attrs": "hunter2"], namesRole: true)
        }
        #expect(error?.kind == .invalidConnectionString)
        #expect(error?.message.contains("hunter2") == false)
    }

    @Test func `Hosts are shuffled where libpq knows how to be asked for it`() throws {
        #expect(try EffectiveOptions(["load_balance_hosts": "random"], namesRole: false).isShuffled)
        #expect(try !EffectiveOptions(["load_balance_hosts": "disable"], namesRole: false).isShuffled)
        #expect(try !EffectiveOptions([:], namesRole: false).isShuffled)
    }

    @Test func `The password is not among them, nor what only served to find them`() throws {
        let options = try EffectiveOptions(ConnectionString("host=a password=hunter2 sslmode=require"))
        #expect(options.values["password"] == nil)
        #expect(options.values["sslmode"] == nil)
        #expect(options.values["host"] == "a")
    }
}
