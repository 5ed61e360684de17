import Randomness

/// `count` standard normal numbers, the same ones for the same seed.
func randomNormals(_ count: Int, seed: UInt64) -> [Float] {
  var random = RandomStream(seed: seed, purpose: .test, 77)
  return random.normals(count)
}
