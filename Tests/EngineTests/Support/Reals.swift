import Foundation

func exponential(_ x: Double) -> Double { exp(x) }
func logarithm(_ x: Double) -> Double { log(x) }
func cosine(_ x: Double) -> Double { cos(x) }
func sine(_ x: Double) -> Double { sin(x) }
func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
func power(_ x: Double, _ exponent: Int) -> Double { pow(x, Double(exponent)) }
