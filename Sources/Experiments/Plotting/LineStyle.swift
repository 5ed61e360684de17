/// The colour and the dashes of a line. Every figure draws an optimizer in the same style.
///
/// The colours are Okabe and Ito's, which the colour-blind can tell apart, without the yellow, which is too light for a
/// line. Optimizers have dashes of their own beside, so that they can be told apart in grey too.
package struct LineStyle: Sendable, Equatable {
  /// The colour, `#` and six hexadecimal digits.
  package var colour: String
  /// The lengths of dashes and gaps in turn; empty for a line without gaps.
  package var dash: [Int]

  private static let black = "#000000"
  private static let blue = "#0072b2"
  private static let green = "#009e73"
  private static let orange = "#e69f00"
  private static let purple = "#cc79a7"
  private static let sky = "#56b4e9"
  private static let vermilion = "#d55e00"

  /// Returns the style of a number of a row of lines that are no optimizers, lightness changing from one to the next.
  package static func numbered(_ number: Int) -> LineStyle {
    let colours = [blue, vermilion, green, purple, black, orange, sky]
    return LineStyle(colour: colours[number % colours.count], dash: [])
  }

  /// The style of a learned optimizer that was trained with the train objective.
  package static let learned = LineStyle(colour: vermilion, dash: [])
  /// The style of a learned optimizer that was trained with the validation objective.
  package static let learnedForValidation = LineStyle(colour: blue, dash: [])
  /// The style of a line that others are compared to.
  package static let reference = LineStyle(colour: black, dash: [8, 5])

  /// Returns the style of an optimizer by its name, as ``Evaluation`` has it; `learned` is that of the train objective.
  package static func optimizer(_ name: String) -> LineStyle {
    switch name {
    case "learned": learned
    case "learned-tuned": LineStyle(colour: vermilion, dash: [10, 3])
    case "adam": LineStyle(colour: black, dash: [6, 3])
    case "adamw": LineStyle(colour: sky, dash: [6, 3, 2, 3])
    case "nadamw": LineStyle(colour: orange, dash: [3, 3])
    case "rmsprop": LineStyle(colour: green, dash: [10, 3, 2, 3])
    case "momentum": LineStyle(colour: purple, dash: [2, 2])
    case "nesterov": LineStyle(colour: purple, dash: [6, 2, 2, 2, 2, 2])
    default: LineStyle(colour: black, dash: [1, 2])
    }
  }

  /// Returns the same colour with the dashes of a tuned optimizer.
  package var tuned: LineStyle { LineStyle(colour: colour, dash: [10, 3]) }
}
