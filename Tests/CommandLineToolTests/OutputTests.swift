#if CommandLine
    import Testing

    @testable import CommandLineTool

    @Suite struct OutputTests {
        @Test(arguments: [
            ("30s", Duration.seconds(30)), ("1.5s", .milliseconds(1_500)), ("250ms", .milliseconds(250)),
            ("2m", .seconds(120)), ("1h", .seconds(3_600)), ("7", .seconds(7)), ("0", .zero),
        ])
        func `Durations are read as people write them`(text: String, duration: Duration) {
            #expect(TimeSpan(argument: text)?.duration == duration)
        }

        @Test(arguments: ["", "s", "-1s", "1d", "1 s", "25h", "1e9", "nan", "٣s"])
        func `What is no duration, or too long a one, is refused`(text: String) {
            #expect(TimeSpan(argument: text) == nil)
        }

        @Test func `Colour is for terminals alone, and not where somebody refuses it`() {
            #expect(Style(isTerminal: true, environment: [:]).hasColour)
            #expect(Style(isTerminal: true, environment: ["NO_COLOR": ""]).hasColour)
            #expect(!Style(isTerminal: false, environment: [:]).hasColour)
            #expect(!Style(isTerminal: true, environment: ["NO_COLOR": "1"]).hasColour)
            #expect(!Style(isTerminal: true, environment: ["TERM": "dumb"]).hasColour)
            #expect(Style.plain.paint("a", .bad) == "a")
            #expect(Style(isTerminal: true, environment: [:]).paint("a", .bad) == "\u{1b}[31ma\u{1b}[0m")
        }

        @Test func `Columns are as wide as what is in them, and no line ends with blanks`() {
            var table = TextTable(head: ["A", "LONG", "C"])
            table.rows = [["first", "2", ""], ["b", "second", "c"]]
            #expect(table.lines(.plain) == ["A      LONG    C", "first  2", "b      second  c"])
        }

        @Test func `What strangers call themselves does not reach the terminal as it is`() {
            #expect(PlainText.line("a\u{1b}[31mb\nc\u{202e}d") == "a [31mb c d")
            #expect(PlainText.line("aaaa", limit: 2) == "aa…")
        }

        @Test func `Filters by tag take a key or a key and a value`() {
            #expect(TagFilter(argument: "zone")?.admits(["zone": "a"]) == true)
            #expect(TagFilter(argument: "zone=a")?.admits(["zone": "a"]) == true)
            #expect(TagFilter(argument: "zone=b")?.admits(["zone": "a"]) == false)
            #expect(TagFilter(argument: "zone=")?.admits(["zone": ""]) == true)
            #expect(TagFilter(argument: "zone")?.admits(nil) == false)
            #expect(TagFilter(argument: "=a") == nil)
        }
    }
#endif
