// Fits a line of ten weights to noisy numbers by a learned optimizer: train FILE, a snapshot of θ.
import Foundation
import LearnedOptimizers

guard CommandLine.arguments.count == 2 else {
  FileHandle.standardError.write(Data("usage: train FILE, such as Examples/theta/conv3x32-train.safetensors\n".utf8))
  exit(64)
}
let optimizer = try LearnedOptimizer(contentsOf: URL(filePath: CommandLine.arguments[1]))
let features = 10
let examples: [(inputs: [Float], output: Float)] = (0..<200).map { example in
  let inputs = (0..<features).map { sin(Float(example * (3 * $0 + 1))) }
  return (inputs, zip(inputs, 1...).reduce(0) { $0 + $1.0 * Float($1.1) / 10 } + 0.1 * cos(Float(example * example)))
}

/// The mean squared error of the weights, and its gradient.
func loss(_ weights: [Float]) -> (value: Float, gradient: [Float]) {
  var (value, gradient) = (Float(0), [Float](repeating: 0, count: features))
  for example in examples {
    let error = zip(example.inputs, weights).reduce(-example.output) { $0 + $1.0 * $1.1 }
    value += error * error / Float(examples.count)
    for i in 0..<features { gradient[i] += 2 * error * example.inputs[i] / Float(examples.count) }
  }
  return (value, gradient)
}

let steps = 300
var weights = [Float](repeating: 0, count: features)
var state = optimizer.state(count: features)
for step in 0...steps {
  let (value, gradient) = loss(weights)
  if step % 100 == 0 { print("step \(step): loss \(value)") }
  // A cosine schedule of the step's scale.
  let rate = (1 + cos(Float.pi * Float(step) / Float(steps))) / 2
  optimizer.step(&weights, gradient: gradient, state: &state, rate: rate)
}
