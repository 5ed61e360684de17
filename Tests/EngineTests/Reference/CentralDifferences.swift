/// (f(x + h eᵢ) − f(x − h eᵢ)) / 2h for each of the coordinates.
func centralDifferences(
  of f: ([Double]) -> Double, at x: [Double], step h: Double, coordinates: some Sequence<Int>
) -> [Double] {
  coordinates.map { coordinate in
    var direction = [Double](repeating: 0, count: x.count)
    direction[coordinate] = 1
    return centralDifference(of: { [f($0)] }, at: x, along: direction, step: h)[0]
  }
}

/// (f(x + h v) − f(x − h v)) / 2h
func centralDifference(
  of f: ([Double]) -> [Double], at x: [Double], along v: [Double], step h: Double
) -> [Double] {
  let ahead = f(zip(x, v).map { $0 + h * $1 })
  let behind = f(zip(x, v).map { $0 - h * $1 })
  return zip(ahead, behind).map { ($0 - $1) / (2 * h) }
}
