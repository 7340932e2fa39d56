internal import CLibPQ

/// Has libpq and the system say what they say in one language, whatever the process is set to.
///
/// libpq's own complaints have no codes. Its translations go by the calling thread's locale; so that its words can be
/// told apart, the calls that may complain are made in the C locale.
enum PlainWords {
    static func using<Result>(_ body: () -> Result) -> Result {
        let previous = clibpq_use_plain_words()
        defer { clibpq_use_words(previous) }
        return body()
    }
}
