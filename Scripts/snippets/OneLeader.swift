/// A service of the reader's.
struct Scheduler: Service {
    let fencingToken: Int64
    func run() async throws {}
}

let logger = Logger(label: "snippet")

func sendReports(fencingToken: Int64) async throws {}
