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

    @Test(arguments: [" postgres://u@h/db\n", "\tpostgresql://u@h/db \r\n", "host=h user=u dbname=db\n"])
    func `Blanks and a newline around it are not a part of it`(_ text: String) throws {
        let string = try ConnectionString(text)
        #expect(string.options == ["host": "h", "user": "u", "dbname": "db"])
    }

    @Test func `A blank that is escaped is`() throws {
        #expect(try ConnectionString("password=a\\ ").options["password"] == "a ")
        #expect(try ConnectionString(" password='a ' ").options["password"] == "a ")
    }

    @Test(arguments: [" ", "\n", "\t \r\n"])
    func `Nothing but blanks is a mistake, where nothing at all is the environment`(_ text: String) throws {
        let error = #expect(throws: LibPQError.self) { try ConnectionString(text) }
        #expect(error?.message.contains("blanks") == true)
        #expect(try ConnectionString("").options.isEmpty)
    }

    @Test(arguments: [("host=a,b hostaddr='' port=1,2", 2), ("hostaddr=''", 1), ("host=''", 1), ("host=, port=,", 2)])
    func `Empty lists count as none`(_ text: String, _ count: Int) throws {
        #expect(try HostList(ConnectionString(text).options).hosts.count == count)
    }

    @Test(arguments: [("0", Duration.zero), ("1", .seconds(2)), ("7", .seconds(7)), ("-1", .zero)])
    func `connect_timeout means what it means to libpq`(_ value: String, _ expected: Duration) throws {
        let string = try ConnectionString("host=a connect_timeout=\(value)")
        #expect(try EffectiveOptions(string).connectTimeout == expected)
    }
}
