#if Configuration
    extension ValueForm where Value == String {
        /// A text that is not empty.
        static func text(upTo limit: Int, _ question: Question = .string) -> ValueForm {
            ValueForm(question: question, name: "string") { raw in
                guard case .string(let text) = raw, !text.isEmpty else {
                    throw ValueFlaw("it is empty; give it a value, or leave the key out")
                }
                guard text.utf8.count <= limit else {
                    throw ValueFlaw("it has \(text.utf8.count) bytes; \(limit) are allowed")
                }
                return text
            } text: {
                $0
            }
        }
    }

    extension ValueForm where Value == Int {
        /// A whole number.
        static func integer(_ range: ClosedRange<Int>) -> ValueForm {
            let name = "integer, \(range.lowerBound) to \(range.upperBound)"
            return ValueForm(question: .integer, name: name) { raw in
                guard case .integer(let integer) = raw, range.contains(integer) else { throw ValueFlaw("give \(name)") }
                return integer
            } text: {
                "\($0)"
            }
        }

        /// A port.
        static var port: ValueForm { .integer(1...65_535) }
    }

    extension ValueForm where Value == Double {
        /// A number.
        static func number(_ range: ClosedRange<Double>) -> ValueForm {
            let name = "number, \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
            return ValueForm(question: .number, name: name) { raw in
                // No range contains what is no number.
                guard case .number(let number) = raw, range.contains(number) else { throw ValueFlaw("give \(name)") }
                return number
            } text: {
                Self.text($0)
            }
        }

        private static func text(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }
    }

    extension ValueForm where Value == Duration {
        /// A duration in seconds.
        static func seconds(_ range: ClosedRange<Duration>) -> ValueForm {
            let name = "seconds, \(Seconds.text(range.lowerBound)) to \(Seconds.text(range.upperBound))"
            return ValueForm(question: .number, name: name) { raw in
                guard case .number(let number) = raw, let duration = Seconds.duration(number), range.contains(duration)
                else { throw ValueFlaw("give \(name)") }
                return duration
            } text: {
                Seconds.text($0)
            }
        }
    }

    extension ValueForm where Value == Bool {
        /// Yes or no.
        static var flag: ValueForm {
            ValueForm(question: .flag, name: "boolean") { raw in
                guard case .flag(let flag) = raw else { throw ValueFlaw("give true or false") }
                return flag
            } text: {
                "\($0)"
            }
        }
    }

    extension ValueForm where Value: Equatable {
        /// One of several words.
        static func choice(_ choices: KeyValuePairs<String, Value>) -> ValueForm {
            let choices = choices.map { ($0.key, $0.value) }
            let words = choices.map(\.0)
            return ValueForm(question: .string, name: words.joined(separator: ", ")) { raw in
                guard case .string(let word) = raw, let choice = choices.first(where: { $0.0 == word }) else {
                    throw ValueFlaw("choose one of: \(words.joined(separator: ", "))")
                }
                return choice.1
            } text: { value in
                choices.first { $0.1 == value }?.0 ?? ""
            }
        }
    }
#endif
