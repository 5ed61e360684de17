import Files
package import Foundation

/// Figure 2 of the paper: the schematic of unrolled optimization, and the table of its terms.
package struct Figure2: Sendable {
  private static let title = "Figure 2: unrolled optimization"
  private static let shows =
    "One truncation of K inner steps. The update, whose weights θ are the same in every step, changes the inner "
    + "parameters u by the gradient of the loss ℓ on a minibatch b. The outer-loss L is the mean over the steps of the loss "
    + "after each. Its derivative by θ goes back through all of them, dashed; the state in which the truncation begins is "
    + "held fixed, so nothing goes back further."

  private let folder: URL

  /// Makes the figure.
  /// - Parameter output: the folder that gets the files; made where it is missing.
  package init(output: URL) { folder = output }

  /// Draws the schematic and writes the page.
  /// - Returns: the paths of the drawings and of the page.
  /// - Throws: ``ExperimentsError`` where gnuplot is missing or fails, `FileError` where the disk does.
  package func run() throws -> [URL] {
    try SystemCall.makeFolder(folder.path)
    let drawings = DrawingForm.allCases.map { (form: $0, file: folder.appending(path: "figure2.\($0.rawValue)")) }
    for (form, file) in drawings { try Self.schematic.write(form, to: file) }
    let page = folder.appending(path: "figure2.md")
    try AtomicFile.write(Data(Self.page.utf8), to: page)
    return drawings.map(\.file) + [page]
  }

  /// The terms: symbol, name and meaning.
  static let terms = [
    ["u", "inner parameters", "the weights and biases of the inner problem, which the learned optimizer trains"],
    ["b", "minibatch", "the images of which an inner step takes the loss"],
    ["ℓ(u; b)", "inner loss", "the loss of the inner problem at u on a minibatch"],
    ["g", "inner gradient", "∇ℓ(u; b)"],
    ["t", "inner step", "an update of the inner parameters; counted from 0 in the life of a task"],
    ["θ", "outer-parameters", "the weights of the learned optimizer"],
    ["Δ(g, state; θ)", "update", "what the learned optimizer subtracts from u in an inner step"],
    ["K", "length of a truncation", "the inner steps that one outer-gradient looks at"],
    ["L(θ)", "outer-loss", "the mean over a truncation's steps of the losses after them"],
    ["dL/dθ", "outer-gradient", "the derivative of the outer-loss, or an estimate of it"],
    ["ε, σ", "perturbation", "a draw of N(0, σ²) that is added to θ; L(θ + ε) is smooth on average over ε"],
    ["", "outer-iteration", "one step of Adam on θ, by the outer-gradients of many tasks"],
  ]

  private static var page: String {
    let rows =
      ["| symbol | term | meaning |", "| --- | --- | --- |"] + terms.map { "| \($0.joined(separator: " | ")) |" }
    return """
      # \(title)

      ![\(title)](figure2.svg)

      \(shows)

      \(rows.joined(separator: "\n"))

      The paper's: the same parts, with its own words; the terms here are those of the glossary.

      """
  }

  private static var schematic: Schematic {
    typealias Place = Schematic.Place
    let (data, states, updates, losses) = ("#dceaf7", "#ffffff", "#fbe3d0", "#e3f2e6")
    let back = LineStyle(colour: LineStyle.numbered(1).colour, dash: [6, 4])
    let columns = [70.0, 300, 530, 760]
    let (stateRow, lossRow, thetaRow) = (170.0, 265.0, 50.0)
    let names = ["u₀", "u₁", "u₂", "u after K steps"]
    var boxes = zip(columns, names).map {
      Schematic.Box(text: $1, centre: Place($0, stateRow), width: $1.count > 2 ? 112 : 60, colour: states)
    }
    var arrows: [Schematic.Arrow] = []
    var texts: [Schematic.Text] = []
    for number in 0..<3 {
      let (from, to) = (columns[number], columns[number + 1])
      let middle = (from + to) / 2
      guard number < 2 else {
        texts.append(.init(text: "…", centre: Place(middle, stateRow)))
        arrows.append(.init(from: Place(from + 30, stateRow), to: Place(middle - 18, stateRow)))
        arrows.append(.init(from: Place(middle + 18, stateRow), to: Place(to - 57, stateRow)))
        continue
      }
      boxes.append(.init(text: "update Δ", centre: Place(middle, stateRow), width: 84, colour: updates))
      boxes.append(.init(text: "batch b", centre: Place(middle, lossRow), width: 70, colour: data))
      arrows.append(.init(from: Place(from + 30, stateRow), to: Place(middle - 43, stateRow)))
      arrows.append(.init(from: Place(middle + 42, stateRow), to: Place(to - 31, stateRow)))
      arrows.append(.init(from: Place(middle, lossRow - 17), to: Place(middle, stateRow + 18)))
      texts.append(.init(text: "g = ∇ℓ(u; b)", centre: Place(middle + 46, (lossRow + stateRow) / 2)))
    }
    boxes.append(.init(text: "θ", centre: Place(300, thetaRow), width: 60, colour: updates))
    for middle in [185.0, 415] {
      arrows.append(.init(from: Place(300, thetaRow + 17), to: Place(middle, stateRow - 18)))
      arrows.append(.init(from: Place(middle + 12, stateRow - 17), to: Place(312, thetaRow + 18), style: back))
    }
    for (column, name) in zip(columns.dropFirst(), ["ℓ₁", "ℓ₂", "ℓ after K steps"]) {
      boxes.append(.init(text: name, centre: Place(column, lossRow), width: name.count > 2 ? 112 : 50, colour: losses))
      arrows.append(.init(from: Place(column, stateRow + 17), to: Place(column, lossRow - 18)))
      arrows.append(.init(from: Place(column, lossRow + 17), to: Place(530 + (column - 530) / 8, 326)))
    }
    boxes.append(.init(text: "L(θ): their mean over the K steps", centre: Place(530, 344), width: 230, colour: losses))
    texts.append(.init(text: "back-propagation, dL/dθ", centre: Place(530, 92), colour: back.colour))
    arrows.append(.init(from: Place(620, 74), to: Place(334, thetaRow + 4), style: back))
    texts.append(.init(text: "outer-step: θ ← Adam(θ, outer-gradient)", centre: Place(620, 40)))
    return Schematic(
      title: title, caption: shows, width: 850, height: 376, boxes: boxes, arrows: arrows, texts: texts)
  }
}
