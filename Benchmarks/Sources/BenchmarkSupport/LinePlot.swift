/// A plot with logarithmic axes, drawn as SVG: a few lines over the number of nodes.
package struct LinePlot: Sendable {
    /// One line.
    package struct Series: Sendable {
        let name: String
        let color: String
        let points: [(x: Double, y: Double)]

        package init(name: String, color: String, points: [(x: Double, y: Double)]) {
            self.name = name
            self.color = color
            self.points = points
        }
    }

    private let title: String
    private let xLabel: String
    private let yLabel: String
    private let note: String
    private let series: [Series]

    private let width = 720.0
    private let height = 420.0
    private let left = 80.0
    private let right = 24.0
    private let top = 48.0
    private let bottom = 84.0

    package init(title: String, xLabel: String, yLabel: String, note: String, series: [Series]) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.note = note
        self.series = series
    }

    /// The plot as an SVG document; points that a logarithm does not take are left out.
    package var svg: String {
        let points = self.series.flatMap(\.points).filter { $0.x > 0 && $0.y > 0 }
        let x = Axis(points.map(\.x), from: self.left, to: self.width - self.right)
        let y = Axis(points.map(\.y), from: self.height - self.bottom, to: self.top)
        var lines = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(self.width)) \(Int(self.height))" \
            font-family="sans-serif" font-size="13">
            <rect width="100%" height="100%" fill="white"/>
            <text x="\(self.left)" y="24" font-size="16">\(Self.escaped(self.title))</text>
            """
        ]
        for tick in x.ticks {
            lines.append(self.line(x.place(tick), self.top, x.place(tick), self.height - self.bottom, "#e4e4e4"))
            lines.append(self.text(Self.label(tick), x.place(tick), self.height - self.bottom + 18, "middle"))
        }
        for tick in y.ticks {
            lines.append(self.line(self.left, y.place(tick), self.width - self.right, y.place(tick), "#e4e4e4"))
            lines.append(self.text(Self.label(tick), self.left - 8, y.place(tick) + 4, "end"))
        }
        lines.append(self.text(self.xLabel, (self.left + self.width) / 2, self.height - self.bottom + 38, "middle"))
        lines.append(
            """
            <text transform="translate(20 \((self.top + self.height - self.bottom) / 2)) rotate(-90)" \
            text-anchor="middle">\(Self.escaped(self.yLabel))</text>
            """
        )
        for (index, series) in self.series.enumerated() {
            let places = series.points.filter { $0.x > 0 && $0.y > 0 }.map { (x.place($0.x), y.place($0.y)) }
            let path = places.map { "\($0.0.rounded(to: 1)),\($0.1.rounded(to: 1))" }.joined(separator: " ")
            lines.append("<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(series.color)\" stroke-width=\"2\"/>")
            for place in places {
                lines.append(
                    "<circle cx=\"\(place.0.rounded(to: 1))\" cy=\"\(place.1.rounded(to: 1))\" r=\"3.5\" fill=\"\(series.color)\"/>"
                )
            }
            let row = self.top + 16 + Double(index) * 18
            lines.append(self.line(self.left + 12, row - 4, self.left + 36, row - 4, series.color))
            lines.append(self.text(series.name, self.left + 42, row, "start"))
        }
        lines.append(
            "<text x=\"\(self.left)\" y=\"\(self.height - 12)\" font-size=\"11\" fill=\"#666\">\(Self.escaped(self.note))</text>"
        )
        return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String) -> String {
        """
        <line x1="\(x1.rounded(to: 1))" y1="\(y1.rounded(to: 1))" x2="\(x2.rounded(to: 1))" y2="\(y2.rounded(to: 1))" \
        stroke="\(color)" stroke-width="\(color.hasPrefix("#e") ? 1 : 2)"/>
        """
    }

    private func text(_ text: String, _ x: Double, _ y: Double, _ anchor: String) -> String {
        "<text x=\"\(x.rounded(to: 1))\" y=\"\(y.rounded(to: 1))\" text-anchor=\"\(anchor)\">\(Self.escaped(text))</text>"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    private static func label(_ value: Double) -> String {
        value >= 1 ? "\(Int(value))" : value.rounded(to: 3)
    }
}

/// A logarithmic axis: powers of ten, and twice and five times them.
private struct Axis {
    private let low: Double
    private let high: Double
    private let from: Double
    private let to: Double
    let ticks: [Double]

    init(_ values: [Double], from: Double, to: Double) {
        let least = values.min() ?? 1
        let most = max(values.max() ?? 10, least * 2)
        var candidates: [Double] = []
        var power = 1e-4
        while power < 1e9 {
            candidates += [power, power * 2, power * 5]
            power *= 10
        }
        let low = candidates.last { $0 <= least } ?? least
        let high = candidates.first { $0 >= most } ?? most
        self.low = low
        self.high = high
        self.from = from
        self.to = to
        self.ticks = candidates.filter { $0 >= low && $0 <= high }
    }

    func place(_ value: Double) -> Double {
        let share = Self.logarithm(value / self.low) / Self.logarithm(self.high / self.low)
        return self.from + (self.to - self.from) * share
    }

    /// The binary logarithm, exact enough for a pixel, without a C library.
    private static func logarithm(_ value: Double) -> Double {
        var fraction = value.significand
        var result = Double(value.exponent)
        var bit = 0.5
        for _ in 0..<24 {
            fraction *= fraction
            if fraction >= 2 {
                fraction /= 2
                result += bit
            }
            bit /= 2
        }
        return result
    }
}
