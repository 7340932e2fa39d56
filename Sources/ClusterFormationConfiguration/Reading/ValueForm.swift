#if Configuration
    /// What a key may hold: as what it is asked for, what is accepted, and how it is written down.
    struct ValueForm<Value: Sendable>: Sendable {
        /// As what a provider is asked for it.
        let question: Question
        /// What is accepted, for the documentation and for errors: `integer, 1 to 65535`.
        let name: String
        /// Takes a value of the question's type.
        let parse: @Sendable (RawValue) throws -> Value
        /// As it is written in a configuration.
        let text: @Sendable (Value) -> String

        /// A form that takes the same values for something else.
        ///
        /// - Parameters:
        ///   - name: What is accepted now; nil if that is still the same.
        ///   - convert: Throws a ``ValueFlaw``, or an error that says what is wrong.
        ///   - text: As it is written in a configuration.
        /// - Returns: The form.
        func map<Other>(
            _ name: String? = nil,
            _ convert: @escaping @Sendable (Value) throws -> Other,
            text: @escaping @Sendable (Other) -> String
        ) -> ValueForm<Other> {
            ValueForm<Other>(
                question: self.question,
                name: name ?? self.name,
                parse: { [parse] in try convert(parse($0)) },
                text: text
            )
        }
    }
#endif
