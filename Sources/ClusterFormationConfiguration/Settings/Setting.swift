#if Configuration
    internal import ClusterFormation

    /// One key: what it is called, what it may hold, what holds without it, and what it sets.
    struct Setting<Target: Sendable>: Sendable {
        /// What the documentation says of it.
        let row: KeyRow
        private let question: Question
        private let isSecret: Bool
        private let apply: @Sendable (RawValue, inout Target) throws -> Void

        /// A key that sets a property; without it the property stays as it is in a target that nothing has been set in.
        init<Value>(
            _ key: String,
            _ path: any WritableKeyPath<Target, Value> & Sendable,
            _ form: ValueForm<Value>,
            in start: Target,
            _ meaning: String
        ) {
            let standard = form.text(start[keyPath: path])
            self.row = KeyRow(
                key: key,
                type: form.name,
                standard: standard.isEmpty ? "none" : "`\(standard)`",
                meaning: meaning,
                isSecret: false
            )
            self.question = form.question
            self.isSecret = false
            self.apply = { raw, target in target[keyPath: path] = try form.parse(raw) }
        }

        /// A key that sets a property that is nil without it; what holds then is said in words.
        init<Value>(
            _ key: String,
            _ path: any WritableKeyPath<Target, Value?> & Sendable,
            _ form: ValueForm<Value>,
            isSecret: Bool = false,
            without standard: String,
            _ meaning: String
        ) {
            self.row = KeyRow(key: key, type: form.name, standard: standard, meaning: meaning, isSecret: isSecret)
            self.question = form.question
            self.isSecret = isSecret
            self.apply = { raw, target in target[keyPath: path] = try form.parse(raw) }
        }

        private init(
            row: KeyRow,
            question: Question,
            isSecret: Bool,
            apply: @escaping @Sendable (RawValue, inout Target) throws -> Void
        ) {
            self.row = row
            self.question = question
            self.isSecret = isSecret
            self.apply = apply
        }

        /// The same key for something that has the target in it.
        func within<Outer>(_ path: any WritableKeyPath<Outer, Target> & Sendable) -> Setting<Outer> {
            Setting<Outer>(row: self.row, question: self.question, isSecret: self.isSecret) { [apply] raw, outer in
                try apply(raw, &outer[keyPath: path])
            }
        }

        /// Reads the key, and sets what it sets if it is there.
        ///
        /// - Throws: ``KeyError``, which names the key.
        func read(by reader: KeyReader, into target: inout Target) async throws {
            guard
                let raw = try await reader.value(
                    self.question,
                    of: self.row.key,
                    isSecret: self.isSecret,
                    type: self.row.type
                )
            else { return }
            do {
                try self.apply(raw, &target)
            } catch {
                let reason =
                    switch error {
                    case let flaw as ValueFlaw: flaw.message
                    case let error as ClusterError: error.message
                    default: ErrorText.line(error)
                    }
                let shown = self.isSecret ? "can't be used" : "is \(raw.quoted)"
                throw KeyError("The key '\(self.row.key)' \(shown): \(reason)")
            }
        }
    }
#endif
