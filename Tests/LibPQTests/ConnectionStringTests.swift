import Testing

@testable import LibPQ

struct ConnectionStringTests {
    @Test(arguments: [
        "", "host=a", "postgresql://", "postgres://u:p%40ss@h1:1,h2:2/db?sslmode=disable", "service=x",
        "host='a b' password='it\\'s'", "postgresql://[::1]:5433/db", "postgresql:///db?host=%2Ftmp",
    ])
    func `Every form that libpq takes is taken`(_ text: String) throws {
        _ = try ConnectionString(text)
    }

    @Test(arguments: [
        "password=hunter2 s3cret", "password='hunter2", "hunter2=x", "postgres://u:hunter2%zz@h/db",
        "postgres://u@h/db?hunter2=1", "postgres://u@h/db?hunter2", "host=a port=hunter2", "postgres://u:hun@ter2@h/d",
        "postgres://u:12/hunter2@h/d", "host=a sslmode=hunter2", "host=a target_session_attrs=hunter2",
        "host=a connect_timeout=hunter2", "host=a,b,c port=1,2", "host=\u{0}", "postgres://[::1/hunter2",
    ])
    func `What can't work is refused without a word of it`(_ text: String) {
        let error = #expect(throws: LibPQError.self) { try ConnectionString(text) }
        #expect(error?.kind == .invalidConnectionString)
        #expect(error?.message.contains("hunter2") == false)
        #expect(error?.message.contains("ter2") == false)
        #expect(error?.message.contains("s3cret") == false)
    }

    @Test func `No way of printing it shows what is in it`() throws {
        let string = try ConnectionString("host=db1 user=app password=hunter2")
        var dumped = ""
        dump(string, to: &dumped)
        dump(["in": string], to: &dumped)
        let printed = [dumped, "\(string)", String(describing: string), String(reflecting: string), "\([string])"]
        for text in printed {
            for secret in ["hunter2", "db1", "app"] { #expect(!text.contains(secret)) }
        }
    }

    @Test func `Our defaults stand below what the user says`() throws {
        var options = ConnectOptions()
        options.applicationName = "node"
        let plan = ConnectPlan(try ConnectionString("host=a,b keepalives_idle=99"), options: options, hosts: nil)
        let keywords = Dictionary(plan.keywords) { $1 }
        #expect(keywords["fallback_application_name"] == "node")
        #expect(keywords["keepalives_idle"] == nil)
        #expect(keywords["keepalives_count"] == "3")
        #expect(keywords["target_session_attrs"] == "read-write")
        #expect(plan.keywords.last.map { $0 == ("client_encoding", "SQL_ASCII") } == true)
        #expect(plan.hosts.count == 2)
        #expect(plan.hostTimeout == nil)
    }

    @Test func `With one host, or a choice of the user's, the kind of server is left to the user`() throws {
        for text in ["host=a", "host=a,b target_session_attrs=any", "host=a,b target_session_attrs=standby"] {
            let plan = ConnectPlan(try ConnectionString(text), options: ConnectOptions(), hosts: nil)
            #expect(!plan.keywords.contains { $0.0 == "target_session_attrs" })
        }
    }

    @Test(arguments: [("0", Duration.zero), ("1", .seconds(2)), ("7", .seconds(7)), ("-1", .zero)])
    func `connect_timeout means what it means to libpq`(_ value: String, _ expected: Duration) throws {
        let string = try ConnectionString("host=a connect_timeout=\(value)")
        #expect(ConnectPlan(string, options: ConnectOptions(), hosts: nil).hostTimeout == expected)
    }
}
