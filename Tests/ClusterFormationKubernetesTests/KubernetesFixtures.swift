import ClusterFormation
import HTTPExchange

@testable import ClusterFormationKubernetes

/// JSON as the API server writes it, shortened to what matters.
enum JSON {
    static func endpoint(
        _ address: String,
        pod: String = "orders-0",
        hostname: String? = nil,
        conditions: String = #"{"ready":true,"serving":true,"terminating":false}"#
    ) -> String {
        let hostname = hostname.map { #""hostname":"\#($0)","# } ?? ""
        return #"{"addresses":["\#(address)"],\#(hostname)"conditions":\#(conditions),"nodeName":"worker-1","#
            + #""targetRef":{"kind":"Pod","name":"\#(pod)","namespace":"shop","uid":"u"},"zone":"eu-1a"}"#
    }

    static func slice(
        _ name: String,
        version: Int = 1,
        type: String = "IPv4",
        ports: String = #"[{"name":"cluster","port":7337,"protocol":"TCP"}]"#,
        endpoints: [String]
    ) -> String {
        #"{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"\#(name)","namespace":"shop","#
            + #""resourceVersion":"\#(version)","labels":{"kubernetes.io/service-name":"orders"}},"#
            + #""addressType":"\#(type)","endpoints":[\#(endpoints.joined(separator: ","))],"ports":\#(ports)}"#
    }

    static func list(_ items: [String], version: Int, continuation: String = "") -> String {
        #"{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":"\#(version)","#
            + #""continue":"\#(continuation)"},"items":[\#(items.joined(separator: ","))]}"#
    }

    static func event(_ type: String, _ object: String) -> String { #"{"type":"\#(type)","object":\#(object)}"# }

    static func bookmark(_ version: Int) -> String {
        self.event("BOOKMARK", #"{"kind":"EndpointSlice","metadata":{"resourceVersion":"\#(version)"}}"#)
    }

    static func status(_ code: Int, _ message: String = "no") -> String {
        #"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"\#(message)","code":\#(code)}"#
    }
}

extension APIQuery {
    static func orders() throws -> APIQuery {
        APIQuery(
            server: try WebAddress("https://10.96.0.1:443"),
            kind: .endpointSlices,
            namespace: "shop",
            selector: "kubernetes.io/service-name=orders"
        )
    }
}

extension APIObject {
    /// A slice with one endpoint for each number.
    static func slice(_ name: String, version: Int, _ numbers: [Int]) -> APIObject {
        APIObject(name: name, resourceVersion: "\(version)", records: numbers.map { .numbered($0) })
    }
}

extension EndpointRecord {
    static func numbered(_ number: Int) -> EndpointRecord {
        EndpointRecord(
            address: "10.244.0.\(number)",
            family: .ipv4,
            ports: [Port(name: "cluster", number: 7337)],
            namespace: "shop",
            podName: "orders-\(number)"
        )
    }
}
