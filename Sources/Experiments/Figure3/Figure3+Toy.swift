/// The panels, tables and sentences of the problem of one parameter.
extension Figure3 {
  /// The loss over the range of w that is shown.
  private var surface: [Plot.Point] {
    (-60...184).map { number in
      let w = Double(number) / 40
      return Plot.Point(w, ToySurface.loss(w))
    }
  }

  func toyPanels() -> [Plot.Panel] {
    let toy = settings.toy
    let steps = toy.lengths[toy.lengths.count - 1]
    // One name for all lines that end in the same basin.
    var named: Set<Bool> = []
    let courses = toy.complements(toy.courses).reversed().map { complement in
      let course = toy.course(momentum: 1 - complement, steps: steps)
      let isLower = course[steps] > ToySurface.maximum
      let minimum = isLower ? ToySurface.minimum.short : "0"
      return Plot.Series(
        named.insert(isLower).inserted ? "to w = \(minimum)" : "",
        course.indices.map { Plot.Point(Double($0), course[$0]) }, isThin: true, colour: isLower ? 1 : 0)
    }
    let complements = toy.complements(toy.points)
    return [
      Plot.Panel(
        "the loss of one parameter", x: "w", y: "(w − 4)(w − 3) w² + \(ToySurface.higherMinimumLoss.short)",
        series: [
          Plot.Series("loss", surface),
          Plot.Series("start", [Plot.Point(toy.start, ToySurface.loss(toy.start))], colour: 1),
        ]),
      Plot.Panel("w over the steps", x: "steps", y: "w", series: courses),
      Plot.Panel(
        "loss after T steps", x: "1 − momentum", y: "loss", xIsLogarithmic: true,
        series: zip(toy.lengths, toy.losses()).map { length, losses in
          Plot.Series("T = \(length)", zip(complements, losses).map { Plot.Point($0, $1) }, isThin: true)
        }),
    ]
  }

  func toyResults() -> [String] {
    let toy = settings.toy
    let complements = toy.complements(toy.points)
    let steps = toy.lengths[toy.lengths.count - 1]
    let lower = toy.complements(toy.courses).count {
      toy.course(momentum: 1 - $0, steps: steps)[steps] > ToySurface.maximum
    }
    let marks = zip(toy.lengths, toy.losses()).map { length, losses in
      "T = \(length): \(Self.text(ToySurface.marks(losses, over: complements), ToySurface.paperMarks[length]))"
    }
    return [
      "After \(steps) steps \(lower) of \(toy.courses) momenta are on the side of the lower minimum, "
        + "w = \(ToySurface.minimum.short), the others on that of w = 0.",
      "Marks of the loss over 1 − momentum, in brackets those of the paper's figure. "
        + "\(marks.joined(separator: "; ")).",
    ]
  }

  /// Returns the marks that the paper's figure has too, or the top where it has none.
  private static func text(_ marks: ToySurface.Marks, _ paper: ToySurface.Marks?) -> String {
    let paper = paper ?? ToySurface.Marks()
    func part(_ value: Double?, _ paper: Double?) -> String? {
      paper.map { "\(value?.short ?? "none") (\($0.short))" }
    }
    let parts = [
      part(marks.atLowest, paper.atLowest).map { "\($0) at the lowest 1 − momentum" },
      part(marks.top, paper.top).map { "top \($0)" },
      part(marks.topAt, paper.topAt).map { "at \($0)" },
      part(marks.jumpAt, paper.jumpAt).map { "jump from 0 to \(ToySurface.higherMinimumLoss.short) at \($0)" },
    ].compactMap { $0 }
    return parts.isEmpty
      ? "top \(marks.top?.short ?? "") at \(marks.topAt?.short ?? "")" : parts.joined(separator: ", ")
  }

  func toyTables() -> [CSVTable] {
    let toy = settings.toy
    let losses = toy.losses()
    let complements = toy.complements(toy.points)
    let steps = toy.lengths[toy.lengths.count - 1]
    let shown = toy.complements(toy.courses)
    let courses = shown.map { toy.course(momentum: 1 - $0, steps: steps) }
    return [
      CSVTable(
        "toy-surface", columns: ["w", "loss"],
        rows: surface.map { [CSVTable.number($0.x), CSVTable.number($0.y)] }),
      CSVTable(
        "toy-courses", columns: ["one_minus_momentum", "steps", "w"],
        rows: zip(shown, courses).flatMap { complement, course in
          course.indices.map { [CSVTable.number(complement), "\($0)", CSVTable.number(course[$0])] }
        }),
      CSVTable(
        "toy", columns: ["one_minus_momentum"] + toy.lengths.map { "loss_\($0)" },
        rows: complements.indices.map { number in
          [CSVTable.number(complements[number])] + losses.map { CSVTable.number($0[number]) }
        }),
    ]
  }
}
