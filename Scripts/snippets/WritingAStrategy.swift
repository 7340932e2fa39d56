/// What is wrong with the reader's file.
struct FileError: Error {
    var advice: String
}

func readNodes(_ path: String) async throws -> [Node] { [] }

/// The reader's HTTP client.
struct HTTPClient: Sendable {
    func get(_ url: String, bearer token: String) async throws -> (status: Int, body: Data) { (200, Data()) }
}
