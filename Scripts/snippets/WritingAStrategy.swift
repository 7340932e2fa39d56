/// What is wrong with the reader's file.
struct FileError: Error {
    var advice: String
}

func readNodes(_ path: String) async throws -> [Node] { [] }
