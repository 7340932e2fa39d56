#if CommandLine
    internal import ArgumentParser

    /// For whom the output is.
    struct OutputOptions: ParsableArguments {
        @Flag(help: "One JSON document for programs, with a version, instead of text for people.")
        var json = false
    }
#endif
