/// A convolution's weights as the kernels take them: of the parameters, or of a direction.
final class ConvolutionPanels {
  let forward: FloatBuffer
  /// One for each phase.
  let backward: [FloatBuffer]

  init(_ convolution: Convolution) {
    func panel(taps: Int, from source: Int, to target: Int) -> FloatBuffer {
      FloatBuffer(taps * source * Kernels.panelWidth(target))
    }
    let (inputs, outputs) = (convolution.input.channels, convolution.output.channels)
    forward = panel(taps: 9, from: inputs, to: outputs)
    backward = convolution.backward.map { panel(taps: $0.taps.count, from: outputs, to: inputs) }
  }

  /// Takes weights [3, 3, in, out].
  func pack(_ weights: FloatSlice, of convolution: Convolution, with kernels: Kernels) {
    let (inputs, outputs) = (convolution.input.channels, convolution.output.channels)
    kernels.packKernel(
      weights, taps: Convolution.allTaps, inputs: inputs, outputs: outputs, reversed: false, into: forward)
    for (phase, panel) in zip(convolution.backward, backward) {
      kernels.packKernel(weights, taps: phase.taps, inputs: inputs, outputs: outputs, reversed: true, into: panel)
    }
  }
}
