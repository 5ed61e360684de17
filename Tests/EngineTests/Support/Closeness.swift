import Testing

func dot(_ a: [Float], _ b: [Float]) -> Double {
  zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// ‖x‖
func norm(_ x: [Double]) -> Double {
  x.reduce(0) { $0 + $1 * $1 }.squareRoot()
}

/// ‖a − b‖ / ‖b‖, 0 where both are the same.
func relativeError(_ a: [Double], _ b: [Double]) -> Double {
  let difference = norm(zip(a, b).map { $0 - $1 })
  return difference == 0 ? 0 : difference / norm(b)
}

/// As many values as expected, each within `tolerance` × the largest expected one.
func expectClose(
  _ found: [Float], _ expected: [Double], tolerance: Double = 1e-5, _ comment: Comment,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let scale = max(expected.map(abs).max() ?? 0, 1e-30)
  let allClose = zip(found, expected).allSatisfy { abs(Double($0) - $1) <= tolerance * scale }
  #expect(found.count == expected.count && allClose, comment, sourceLocation: sourceLocation)
}
