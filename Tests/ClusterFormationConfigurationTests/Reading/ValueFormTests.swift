#if Configuration
    import ClusterFormation
    import Testing

    @testable import ClusterFormationConfiguration

    @Suite struct ValueFormTests {
        private func flaw<Value>(_ form: ValueForm<Value>, _ raw: RawValue) -> String? {
            do {
                _ = try form.parse(raw)
                return nil
            } catch {
                return (error as? ValueFlaw)?.message ?? (error as? ClusterError)?.message ?? "\(error)"
            }
        }

        @Test func `a text is not empty, and not too long`() throws {
            let form = ValueForm<String>.text(upTo: 3)
            #expect(try form.parse(.string("äb")) == "äb")
            #expect(self.flaw(form, .string("äöü"))?.contains("6 bytes; 3 are allowed") == true)
            #expect(self.flaw(form, .string(""))?.contains("empty") == true)
        }

        @Test func `an integer is within its limits`() throws {
            let form = ValueForm<Int>.integer(2...4)
            #expect(form.name == "integer, 2 to 4")
            #expect(try [2, 4].map { try form.parse(.integer($0)) } == [2, 4])
            for integer in [1, 5, Int.min, Int.max] {
                #expect(self.flaw(form, .integer(integer))?.contains("2 to 4") == true)
            }
        }

        @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, -1, 0.0999999, 60.0000001])
        func `a duration is a number within its limits`(number: Double) throws {
            let form = ValueForm<Duration>.seconds(.milliseconds(100)...(.seconds(60)))
            #expect(form.name == "seconds, 0.1 to 60")
            #expect(self.flaw(form, .number(number))?.contains("0.1 to 60") == true)
        }

        @Test func `a duration is taken to the nanosecond`() throws {
            let form = ValueForm<Duration>.seconds(.milliseconds(100)...(.seconds(60)))
            #expect(try form.parse(.number(0.1)) == .milliseconds(100))
            #expect(try form.parse(.number(60)) == .seconds(60))
            #expect(try form.parse(.number(1.25)) == .milliseconds(1_250))
            #expect(form.text(.milliseconds(1_250)) == "1.25")
            #expect(form.text(.seconds(60)) == "60")
        }

        @Test func `a choice is one of its words`() throws {
            let form = ValueForm<Int>.choice(["one": 1, "two": 2])
            #expect(try form.parse(.string("two")) == 2)
            #expect(form.text(1) == "one")
            #expect(self.flaw(form, .string("Two"))?.contains("one, two") == true)
        }

        @Test func `a list passes over blanks and empty items, and is bounded`() throws {
            let form = ValueForm<[String]>.list(upTo: 2)
            #expect(try form.parse(.list([" a ", "", "b\n"])) == ["a", "b"])
            #expect(self.flaw(form, .list([]))?.contains("empty") == true)
            #expect(self.flaw(form, .list([" ", ""]))?.contains("empty") == true)
            #expect(self.flaw(form, .list(["a", "b", "c"]))?.contains("3 items; 2 are allowed") == true)
            #expect(self.flaw(form, .list([String(repeating: "x", count: 65_537)]))?.contains("bytes") == true)
        }

        @Test func `pairs have a name, which comes once; the value may be empty`() throws {
            let form = ValueForm<[String: String]>.pairs(upTo: 4)
            #expect(
                try form.parse(.list(["zone = eu-1a", "query=a=b", "empty="])) == [
                    "zone": "eu-1a", "query": "a=b", "empty": "",
                ]
            )
            #expect(self.flaw(form, .list(["zone"]))?.contains("'zone'") == true)
            #expect(self.flaw(form, .list(["=x"]))?.contains("name=value") == true)
            #expect(self.flaw(form, .list(["a=1", "a=2"]))?.contains("twice") == true)
            let secret = ValueForm<[String: String]>.pairs(upTo: 4, separator: ":", isSecret: true)
            #expect(self.flaw(secret, .list(["MARKER"]))?.contains("MARKER") == false)
            #expect(self.flaw(secret, .list(["MARKER:1", "MARKER:2"]))?.contains("MARKER") == false)
        }

        @Test func `a range of ports is one port or two`() throws {
            let form = ValueForm<ClosedRange<Int>>.portRange
            #expect(try form.parse(.string("7000")) == 7000...7000)
            #expect(try form.parse(.string("7000-7999")) == 7000...7999)
            for text in ["", "-", "7000-", "-7999", "2-1", "0-1", "1-65536", "1-2-3", "a"] {
                #expect(self.flaw(form, .string(text)) != nil, "\(text)")
            }
        }

        @Test func `what is shown of a value is one short line`() {
            #expect(RawValue.string("a\nb").quoted == "'a b'")
            #expect(RawValue.string(String(repeating: "x", count: 100)).quoted.count == 69)
            #expect(RawValue.list(["a", "b"]).quoted == "'a,b'")
        }
    }
#endif
