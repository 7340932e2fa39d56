#if Hummingbird
    import ClusterFormationTesting
    import Foundation

    /// One page of a browser.
    struct BrowserPage: Sendable {
        private let connection: DevToolsConnection
        private let session: String

        static func open(on connection: DevToolsConnection) async throws -> BrowserPage {
            let target = try await connection.call("Target.createTarget", ["url": "about:blank"])
            let attached = try await connection.call(
                "Target.attachToTarget",
                ["targetId": target["targetId"] as? String ?? "", "flatten": true]
            )
            return BrowserPage(connection: connection, session: attached["sessionId"] as? String ?? "")
        }

        @discardableResult
        private func call(_ method: String, _ parameters: [String: any Sendable] = [:]) async throws -> [String: Any] {
            try await self.connection.call(method, parameters, session: self.session)
        }

        func show(_ address: String, width: Int = 1280, height: Int = 800, scheme: String = "light") async throws {
            try await self.restyle(width: width, height: height, scheme: scheme)
            try await self.call("Page.navigate", ["url": address])
        }

        func restyle(width: Int = 1280, height: Int = 800, scheme: String) async throws {
            try await self.call(
                "Emulation.setDeviceMetricsOverride",
                ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": false] as [String: any Sendable]
            )
            try await self.call(
                "Emulation.setEmulatedMedia",
                ["features": [["name": "prefers-color-scheme", "value": scheme]]]
            )
        }

        /// What an expression of JavaScript is worth, as text.
        func value(_ expression: String) async throws -> String {
            let answer = try await self.call(
                "Runtime.evaluate",
                ["expression": "String(\(expression))", "awaitPromise": true, "returnByValue": true]
                    as [String: any Sendable]
            )
            guard let result = answer["result"] as? [String: Any], let value = result["value"] as? String else {
                throw DevToolsConnection.Failure(description: "\(expression): \(answer)")
            }
            return value
        }

        /// What a reader sees of an element.
        func text(_ selector: String) async throws -> String {
            try await self.value("document.querySelector('\(selector)')?.innerText ?? ''")
        }

        /// Waits until a reader sees all these words in an element, and none of the others.
        func wait(for words: String..., in selector: String = "body", without others: [String] = []) async throws {
            let last = Observed("")
            try await withTimeout(.seconds(90)) {
                "\(words) without \(others) in \(selector), where there was: \(last.value)"
            } operation: {
                while true {
                    // A page that is being loaded has nothing to be asked.
                    let text = (try? await self.text(selector)) ?? ""
                    last.update { $0 = text }
                    if words.allSatisfy(text.contains), !others.contains(where: text.contains) { return }
                    // Half a frame of the page's: asking again at once would take its processor away.
                    _ = try? await self.value("new Promise((go) => setTimeout(go, 50))")
                    try Task.checkCancellation()
                }
            }
        }

        /// Types into the filter.
        func filter(_ words: String) async throws {
            _ = try await self.value(
                """
                (() => { const field = document.getElementById("filter"); field.value = "\(words)";
                field.dispatchEvent(new Event("input")); return true; })()
                """
            )
        }

        func click(_ selector: String) async throws {
            _ = try await self.value("(() => { document.querySelector('\(selector)').click(); return true; })()")
        }

        func screenshot() async throws -> Data {
            let answer = try await self.call("Page.captureScreenshot", ["format": "png"])
            return Data(base64Encoded: answer["data"] as? String ?? "") ?? Data()
        }
    }
#endif
