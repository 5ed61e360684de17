/// The state of one tensor of parameters in training, which a checkpoint keeps beside the parameters.
public struct TensorState: Sendable, Equatable, Codable {
  /// The number of steps that the tensor has behind it.
  public var step: Int
  /// The averages of the gradients for each decay β, then those of their squares, [2, β, parameters]: 40 bytes a parameter
  /// for the paper's five decays.
  public var moments: [Float]

  /// Makes a state, such as that of a checkpoint.
  public init(step: Int, moments: [Float]) {
    self.step = step
    self.moments = moments
  }
}
