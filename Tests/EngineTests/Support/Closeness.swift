import Testing

/// ‖a − b‖ / ‖b‖, 0 where both are the same.
func relativeError(_ a: [Double], _ b: [Double]) -> Double {
  let difference = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  if difference == 0 { return 0 }
  return (difference / b.reduce(0) { $0 + $1 * $1 }).squareRoot()
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
