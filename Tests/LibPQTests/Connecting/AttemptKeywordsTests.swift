import Testing

@testable import LibPQ

struct AttemptKeywordsTests {
    private func options(_ text: String, at place: HostAddress, _ options: ConnectOptions = .init()) throws -> (
        outer: [String: String], inner: [String: String]
    ) {
        let string = try ConnectionString(text)
        let keywords = AttemptKeywords(string, at: place, options: options, effective: try EffectiveOptions(string))
        let outer = Dictionary(keywords.keywords) { $1 }
        return (outer, try ConnectionString(try #require(outer["dbname"])).options)
    }

    @Test func `Our defaults stand below what the user says`() throws {
        var own = ConnectOptions()
        own.applicationName = "node"
        let place = HostAddress(host: "a", address: "10.0.0.1", port: "1")
        let (outer, inner) = try self.options("host=a,b keepalives_idle=99", at: place, own)
        #expect(outer["fallback_application_name"] == "node")
        #expect(outer["keepalives_idle"] == nil)
        #expect(inner["keepalives_idle"] == "99")
        #expect(outer["keepalives_count"] == "3")
        #expect(inner["client_encoding"] == "SQL_ASCII")
        #expect([inner["host"], inner["hostaddr"], inner["port"]] == ["a", "10.0.0.1", "1"])
    }

    @Test func `Every value survives, whatever is in it`() throws {
        let password = #"it's \ "1" = 2 "#
        let text = AttemptKeywords.text(of: ["password": password, "user": "a@b", "host": ""])
        #expect(try ConnectionString(text).options == ["password": password, "user": "a@b", "host": ""])
    }

    @Test func `libpq's own defaults are asked for by empty values, which the environment does not replace`() throws {
        let (_, inner) = try self.options("", at: HostAddress(host: "", address: "", port: ""))
        #expect([inner["host"], inner["hostaddr"], inner["port"]] == ["", "", ""])
    }

    @Test func `After the first look the password file is left alone`() throws {
        let string = try ConnectionString("host=a passfile=/some/file")
        let keywords = AttemptKeywords(
            string,
            at: HostAddress(host: "a", address: "", port: ""),
            options: ConnectOptions(),
            effective: try EffectiveOptions(string),
            readsPasswordFile: false
        )
        let text = try #require(keywords.keywords.last { $0.0 == "dbname" }?.1)
        #expect(try ConnectionString(text).options["passfile"] == PasswordFile.none)
    }
}
